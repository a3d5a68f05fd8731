/** Whether a text is the canonical form (RFC 8785) of the JSON that it holds, which the reader has parsed already. */
export function isCanonicalText(value: unknown, text: string): boolean {
  try {
    return canonicalText(value) === text && !HALF_PAIR.test(text);
  } catch {
    return false;
  }
}

/** Half a surrogate pair has no UTF-8, and so no canonical form (RFC 8785 §3.2.2.2); JSON.stringify escapes it. */
const HALF_PAIR = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** The canonical form of parsed JSON. Throws on numbers that have none. */
export function canonicalText(value: unknown): string {
  // Where the keys stand in order, the plain text of a value is its canonical one, and built in a fraction of the time.
  return isInOrder(value) ? JSON.stringify(value) : write(value);
}

function isInOrder(value: unknown): boolean {
  if (typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return typeof value !== 'undefined';
  if (Array.isArray(value)) return areInOrder(value);
  let before = '';
  // What JSON.parse makes inherits nothing that could be found here, and asking for a list of its keys would make one.
  for (const key in value) {
    if (key < before || !isInOrder((value as Record<string, unknown>)[key])) return false;
    before = key;
  }
  return true;
}

function areInOrder(values: readonly unknown[]): boolean {
  for (const value of values) if (!isInOrder(value)) return false;
  return true;
}

function write(value: unknown): string {
  if (typeof value !== 'object' || value === null) return writePlain(value);
  if (Array.isArray(value)) return writeArray(value);
  const object = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(object).sort()) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${write(object[key])}`;
  return `{${text}}`;
}

function writeArray(values: readonly unknown[]): string {
  let text = '';
  for (const [index, value] of values.entries()) text += index === 0 ? write(value) : `,${write(value)}`;
  return `[${text}]`;
}

function writePlain(value: unknown): string {
  const text = typeof value === 'number' && !Number.isFinite(value) ? undefined : JSON.stringify(value);
  if (text === undefined) throw new TypeError('Not a JSON value');
  return text;
}
