// The states of a scan of rows (scan-rows.ts), and which byte leads from one to the next.

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;

// States that want one certain byte come first, in the order in which they follow each other.
export const PAGE_OPEN = 0;
export const ROW_OPEN = 1; // to 6: {"f":[
export const RECORD_QUOTE = 2;
export const CELL_FIRST = 7;
export const CELL_OPEN = 8; // to 12: {"v":
export const CELL_QUOTE = 9;
export const VALUE = 13;
export const CELL_CLOSE = 14;
export const RECORD_CLOSE = 15;
export const MEMBER_COLON = 16;
export const MEMBER_QUOTE = 17;
export const LAST_FIXED = 17;
export const CELL_NEXT = 18;
export const ROW_FIRST = 19;
export const ROW_NEXT = 20;
export const STRING = 21;
export const ESCAPE = 22;
export const HEX = 23;
export const WORD = 24;
export const MEMBER_FIRST = 25;
export const MEMBER_NAME = 26;
export const MEMBER_VALUE = 27;
export const MEMBER = 28;
export const MEMBER_NEXT = 29;
export const DONE = 30;

/** By state: the byte it wants, the state after it, and whether blanks may stand before it (0) or not (1). */
export const expected = new Uint8Array(LAST_FIXED + 1);
export const following = new Uint8Array(LAST_FIXED + 1);
export const inside = new Uint8Array(LAST_FIXED + 1);

/** The states from `first` on want these bytes, one after the other, before `next`. Blanks may stand between them, not inside a name. */
function want(first: number, text: string, next: number): void {
  let isName = false;
  for (const [index, character] of [...text].entries()) {
    const state = first + index;
    expected[state] = character.charCodeAt(0);
    following[state] = index === text.length - 1 ? next : state + 1;
    inside[state] = isName ? 1 : 0;
    if (character === '"') isName = !isName;
  }
}
want(PAGE_OPEN, '{', MEMBER_FIRST);
want(ROW_OPEN, '{"f":[', CELL_FIRST);
want(CELL_OPEN, '{"v":', VALUE);
want(RECORD_CLOSE, '}', ROW_NEXT);
want(CELL_CLOSE, '}', CELL_NEXT);
want(MEMBER_COLON, ':', MEMBER_VALUE);
want(MEMBER_QUOTE, '"', MEMBER_NAME);

export const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
export const isHex = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
/** Of numbers, `true`, `false` and `null`. */
export const isWordByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
export const isEscapable = (byte: number): boolean => byte === QUOTE || byte === BACKSLASH || escapable.has(byte);
const escapable: ReadonlySet<number> = new Set(Buffer.from('/bfnrt'));
