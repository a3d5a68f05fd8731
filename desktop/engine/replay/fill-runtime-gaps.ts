// The app's oldest runtime is Node 20, which lacks three functions that the sandbox uses. Filled in here, in the replay's own process only.
type Grouping<Key, Item> = (item: Item, index: number) => Key;

export function fillRuntimeGaps(): void {
  fill(Map, 'groupBy', groupToMap);
  fill(Object, 'groupBy', <Item>(items: Iterable<Item>, toKey: Grouping<PropertyKey, Item>) =>
    Object.assign(Object.create(null), Object.fromEntries(groupToMap(items, toKey))),
  );
  fill(Promise, 'withResolvers', () => {
    const parts: { promise?: Promise<unknown>; resolve?: unknown; reject?: unknown } = {};
    parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
    return parts;
  });
}

function groupToMap<Key, Item>(items: Iterable<Item>, toKey: Grouping<Key, Item>): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  let index = 0;
  for (const item of items) {
    const key = toKey(item, index++);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function fill(owner: object, name: string, value: unknown): void {
  if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}
