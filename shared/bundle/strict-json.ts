/** Deeper than anything that a gateway records: its own limit is 200 (gateway/inspect). */
export const MAX_JSON_DEPTH = 250;

/**
 * The value of a JSON text in which no object has a key twice, and which nests no deeper than we write. `undefined` for anything else: readers differ in
 * which of two they take (RFC 8259 §4), so that a signature over such a text would say one thing to one of them and another to the next.
 */
export function parseStrictJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (mayBeTooDeep(text) && isTooDeep(value)) return undefined;
    // Most texts are as they would be written again, and then hold every member once.
    return JSON.stringify(value) === text || membersOf(value) === membersIn(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Each level takes two characters at least. Never deeper itself than it looks. */
const mayBeTooDeep = (text: string): boolean => text.length >= 2 * MAX_JSON_DEPTH;

function isTooDeep(value: unknown, left = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  if (Array.isArray(value)) return value.some((one) => isTooDeep(one, left - 1));
  // What JSON.parse makes inherits nothing that could be found here, and asking for a list of its keys would make one.
  for (const key in value) if (isTooDeep((value as Record<string, unknown>)[key], left - 1)) return true;
  return false;
}

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
