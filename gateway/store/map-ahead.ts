/** Maps in order, while the next `ahead` are under way already: for questions that take a round trip each. */
export async function* mapAhead<From, To>(
  source: AsyncIterable<From>,
  ahead: number,
  map: (each: From) => Promise<To>,
): AsyncGenerator<To> {
  const running: Promise<To>[] = [];
  for await (const each of source) {
    const next = map(each);
    next.catch(() => undefined); // it is thrown where its turn comes, if ever
    running.push(next);
    if (running.length >= ahead) yield await running.shift()!;
  }
  for (const each of running) yield await each;
}
