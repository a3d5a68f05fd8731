import { BACKSLASH, CLOSE_OBJECT, COMMA, OPEN_OBJECT, QUOTE } from './row-states.ts';

/** What lies between two texts in a row, as BigQuery writes it to programs: no need to step through it. */
export const NEXT_TEXT = Buffer.from('},{"v":"');
export const isNextText = (chunk: Buffer, index: number): boolean =>
  chunk[index + 8] === QUOTE &&
  chunk[index + 1] === CLOSE_OBJECT &&
  chunk[index + 2] === COMMA &&
  chunk[index + 3] === OPEN_OBJECT &&
  chunk[index + 4] === QUOTE &&
  chunk[index + 5] === NEXT_TEXT[4] &&
  chunk[index + 6] === QUOTE &&
  chunk[index + 7] === NEXT_TEXT[6];

/** The first byte from `index` on that ends a string, escapes, or must not stand in one. */
export function endOfPlain(chunk: Buffer, index: number): number {
  let at = index;
  for (; at < chunk.length; at += 1) {
    const byte = chunk[at]!;
    if (byte === QUOTE || byte === BACKSLASH || byte < 0x20) return at;
  }
  return at;
}
