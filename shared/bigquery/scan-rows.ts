import { JsonWord } from './json-word.ts';
import { PageMembers } from './page-members.ts';
import { endOfPlain, isNextText, NEXT_TEXT } from './plain-text.ts';
import {
  BACKSLASH,
  CELL_CLOSE,
  CELL_FIRST,
  CELL_NEXT,
  CELL_OPEN,
  CELL_QUOTE,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  DONE,
  ESCAPE,
  expected,
  following,
  HEX,
  inside,
  isBlank,
  isEscapable,
  isHex,
  isWordByte,
  LAST_FIXED,
  MEMBER,
  MEMBER_COLON,
  MEMBER_FIRST,
  MEMBER_NAME,
  MEMBER_NEXT,
  MEMBER_QUOTE,
  MEMBER_VALUE,
  OPEN_LIST,
  OPEN_OBJECT,
  PAGE_OPEN,
  QUOTE,
  RECORD_CLOSE,
  RECORD_QUOTE,
  ROW_FIRST,
  ROW_NEXT,
  ROW_OPEN,
  STRING,
  VALUE,
  WORD,
} from './row-states.ts';
import { Span } from './span.ts';
import { Utf8Check } from './utf8-check.ts';

/** What a scan tells while a result page passes: never more than one cell is held. */
export type RowsHandler = {
  /**
   * The JSON text of a cell's `v` is `source[from, to)`; it stands at byte `at` of the page. `isCanonical`: these bytes are its RFC 8785 form
   * already. The view is good until the call returns.
   */
  cell(column: number, source: Buffer, from: number, to: number, isCanonical: boolean, at: number): void;
  rowEnd?(): void;
  /** Another member of the page (`schema`, `pageToken`, …), parsed. */
  member?(name: string, value: unknown): void;
};

/** The page is no page of rows as BigQuery writes them, or goes beyond a limit. */
export class RowsUnreadable extends Error {
  override readonly name = 'RowsUnreadable';
}

/** BigQuery's largest row is 100 MB. */
const MAX_CELL_BYTES = 128 * 1_048_576;
const MAX_MEMBER_BYTES = 16 * 1_048_576;
const MAX_DEPTH = 64;

/**
 * Reads a page of rows (`jobs.query`, `jobs.getQueryResults`, `tabledata.list`) chunk by chunk, in memory that does not grow with it.
 * Strict on purpose: only what BigQuery writes is understood, so that no client can read a page otherwise than it was scanned. Rows are
 * `{"f":[{"v":…}]}` with equally many cells, values scalars, `{"f":…}` or lists of `{"v":…}`; no member stands twice, keys have no escapes,
 * text is UTF-8. Everything else throws RowsUnreadable, at the first byte that is wrong.
 */
export class RowScanner {
  readonly #handler: RowsHandler;
  #state = PAGE_OPEN;
  /** Bytes of the page before the chunk at hand. */
  #before = 0;
  /** What the cells under way lie in: a record (true) or a list (false); the row is the first. */
  readonly #nesting: boolean[] = [];
  #column = 0;
  #columns: number | undefined;
  #rows: number | undefined;
  /** The cell or member under way. */
  readonly #span = new Span();
  #isCanonical = true;
  readonly #word = new JsonWord();
  #hexLeft = 0;
  readonly #members = new PageMembers((what, index) => this.#fail(what, index));
  readonly #text = new Utf8Check();

  constructor(handler: RowsHandler) {
    this.#handler = handler;
  }

  /** Rows read so far; undefined while no `rows` were seen. */
  get rows(): number | undefined {
    return this.#rows;
  }

  /** Cells of each row; undefined before the first. */
  get columns(): number | undefined {
    return this.#columns;
  }

  get isComplete(): boolean {
    return this.#state === DONE;
  }

  push(chunk: Buffer): void {
    if (!this.#text.push(chunk)) this.#fail('text that is not UTF-8', 0);
    const length = chunk.length;
    let state = this.#state;
    for (let index = 0; index < length; index += 1) {
      const byte = chunk[index]!;
      if (state === STRING) {
        index = endOfPlain(chunk, index);
        if (index === length) break;
        const end = chunk[index]!;
        if (end === QUOTE) {
          state = this.#valueEnd(chunk, index + 1);
          if (isNextText(chunk, index)) {
            index += NEXT_TEXT.length;
            this.#begin(index);
            state = STRING;
          }
        } else if (end === BACKSLASH) {
          this.#isCanonical = false;
          state = ESCAPE;
        } else this.#fail('a control character in a string', index);
      } else if (state <= LAST_FIXED && state !== VALUE && state !== CELL_FIRST) {
        if (byte === expected[state]) {
          if (state === RECORD_CLOSE) state = this.#recordEnd(chunk, index + 1);
          else {
            if (state === MEMBER_QUOTE) this.#members.beginName();
            state = following[state]!;
          }
        } else if (inside[state] === 1 || !isBlank(byte)) this.#fail(`no ${String.fromCharCode(expected[state]!)}`, index);
      } else if (state === CELL_NEXT && byte === COMMA) state = CELL_OPEN;
      else if (state === VALUE && byte === QUOTE) {
        this.#begin(index);
        state = STRING;
      } else {
        const next = this.#step(state, chunk, index, byte);
        // A word ends before the byte that shows it: that byte is read again.
        if (next < 0) index -= 1;
        state = next < 0 ? -next : next;
      }
    }
    this.#state = state;
    const limit = state === MEMBER ? MAX_MEMBER_BYTES : MAX_CELL_BYTES;
    if (this.#span.hold(chunk, this.#before) > limit) this.#fail('a value larger than BigQuery writes', length);
    this.#before += length;
  }

  /** Throws when the page is not whole. */
  end(): void {
    if (!this.isComplete || !this.#text.isWhole) this.#fail('the page is not whole', 0);
  }

  /** States that the loop above does not treat itself. Returns the next one, negative when the byte is still to be read. */
  #step(state: number, chunk: Buffer, index: number, byte: number): number {
    switch (state) {
      case ESCAPE:
        return this.#escape(byte, index);
      case HEX:
        return this.#hex(byte, index);
      case WORD:
        return this.#wordByte(chunk, byte, index);
      case MEMBER_NAME:
        return this.#members.nameByte(byte, index) ? MEMBER_COLON : MEMBER_NAME;
      case MEMBER:
        return this.#memberByte(chunk, byte, index);
      default:
        return isBlank(byte) ? state : this.#token(state, chunk, byte, index);
    }
  }

  #token(state: number, chunk: Buffer, byte: number, index: number): number {
    if (state === VALUE) return this.#valueBegin(byte, index);
    if (state === CELL_FIRST && byte === OPEN_OBJECT) return CELL_QUOTE;
    if ((state === CELL_FIRST || state === CELL_NEXT) && byte === CLOSE_LIST) return this.#listEnd(chunk, index + 1);
    if (state === ROW_FIRST && byte === OPEN_OBJECT) {
      this.#nesting.push(true);
      return RECORD_QUOTE;
    }
    if ((state === ROW_FIRST || state === ROW_NEXT) && byte === CLOSE_LIST) return MEMBER_NEXT;
    if (state === ROW_NEXT && byte === COMMA) {
      this.#nesting.push(true);
      return ROW_OPEN;
    }
    if (state === MEMBER_FIRST && byte === QUOTE) {
      this.#members.beginName();
      return MEMBER_NAME;
    }
    if ((state === MEMBER_FIRST || state === MEMBER_NEXT) && byte === CLOSE_OBJECT) return DONE;
    if (state === MEMBER_NEXT && byte === COMMA) return MEMBER_QUOTE;
    if (state === MEMBER_VALUE) return this.#memberBegin(chunk, byte, index);
    return this.#fail(`an unexpected ${JSON.stringify(String.fromCharCode(byte))}`, index);
  }

  #valueBegin(byte: number, index: number): number {
    this.#begin(index);
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.#isCanonical = false;
      if (this.#nesting.push(byte === OPEN_OBJECT) > MAX_DEPTH) this.#fail('values too deep in each other', index);
      return byte === OPEN_OBJECT ? RECORD_QUOTE : CELL_FIRST;
    }
    if (!isWordByte(byte)) this.#fail('no value', index);
    this.#word.begin(byte);
    return WORD;
  }

  #begin(index: number): void {
    if (this.#nesting.length > 1) return;
    this.#span.start = this.#before + index;
    this.#isCanonical = true;
  }

  /** `end`: where in the chunk the value ended. */
  #valueEnd(chunk: Buffer, end: number): number {
    if (this.#nesting.length > 1) return CELL_CLOSE;
    const at = this.#span.start;
    if (!this.#span.isHeld) this.#handler.cell(this.#column, chunk, at - this.#before, end, this.#isCanonical, at);
    else {
      const bytes = this.#span.take(chunk, this.#before, end);
      this.#handler.cell(this.#column, bytes, 0, bytes.length, this.#isCanonical, at);
    }
    this.#span.start = -1;
    this.#column += 1;
    return CELL_CLOSE;
  }

  #listEnd(chunk: Buffer, end: number): number {
    if (this.#nesting.at(-1) === true) return RECORD_CLOSE;
    this.#nesting.pop();
    return this.#valueEnd(chunk, end);
  }

  #recordEnd(chunk: Buffer, end: number): number {
    this.#nesting.pop();
    if (this.#nesting.length > 0) return this.#valueEnd(chunk, end);
    this.#columns ??= this.#column;
    if (this.#column !== this.#columns) this.#fail(`a row of ${this.#column} cells after rows of ${this.#columns}`, end);
    this.#column = 0;
    this.#rows! += 1;
    this.#handler.rowEnd?.();
    return ROW_NEXT;
  }

  #escape(byte: number, index: number): number {
    this.#hexLeft = 4;
    if (byte === 0x75) return HEX;
    return isEscapable(byte) ? STRING : this.#fail('an unknown escape', index);
  }

  #hex(byte: number, index: number): number {
    if (!isHex(byte)) this.#fail('an unknown escape', index);
    this.#hexLeft -= 1;
    return this.#hexLeft === 0 ? STRING : HEX;
  }

  #wordByte(chunk: Buffer, byte: number, index: number): number {
    if (this.#word.take(byte)) return WORD;
    if (!this.#word.isWhole) this.#fail('no value', index);
    if (this.#word.isNumber) this.#isCanonical = false;
    return -this.#valueEnd(chunk, index);
  }

  #memberBegin(chunk: Buffer, byte: number, index: number): number {
    if (this.#members.name === 'rows') {
      if (byte !== OPEN_LIST) this.#fail('rows that are no list', index);
      this.#rows = 0;
      return ROW_FIRST;
    }
    this.#span.start = this.#before + index;
    this.#members.beginValue();
    return this.#memberByte(chunk, byte, index);
  }

  #memberByte(chunk: Buffer, byte: number, index: number): number {
    const end = this.#members.valueByte(byte);
    if (end === 'here') return this.#memberEnd(chunk, index + 1);
    return end === 'before' ? -this.#memberEnd(chunk, index) : MEMBER;
  }

  #memberEnd(chunk: Buffer, end: number): number {
    const bytes = this.#span.take(chunk, this.#before, end);
    const value = this.#members.parse(bytes, end);
    this.#handler.member?.(this.#members.name, value);
    return MEMBER_NEXT;
  }

  #fail(what: string, index: number): never {
    throw new RowsUnreadable(`${what} (byte ${this.#before + index})`);
  }
}
