/** Deeper than anything that a gateway records: its own limit is 200 (gateway/inspect). */
export const MAX_JSON_DEPTH = 250;

/**
 * The value of a JSON text in which no object has a key twice, and which nests no deeper than we write. `undefined` for anything else: readers differ in
 * which of two they take (RFC 8259 §4), so that a signature over such a text would say one thing to one of them and another to the next.
 */
export function parseStrictJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (isTooDeep(value)) return undefined;
    // Most texts are as they would be written again, and then hold every member once.
    return JSON.stringify(value) === text || membersOf(value) === membersIn(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTooDeep(value: unknown): boolean {
  let level = nestedIn([value]);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MAX_JSON_DEPTH) return true;
    level = level.flatMap((one) => nestedIn(Object.values(one)));
  }
  return false;
}

const nestedIn = (values: readonly unknown[]): object[] =>
  values.filter((value) => typeof value === 'object' && value !== null) as object[];

/** Of the objects in the value. */
function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const values: readonly unknown[] = Object.values(value);
  return values.reduce((sum: number, one) => sum + membersOf(one), Array.isArray(value) ? 0 : values.length);
}

/** One colon each, outside of strings. */
function membersIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') at = endOfString(text, at);
    else if (text[at] === ':') count += 1;
  }
  return count;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
