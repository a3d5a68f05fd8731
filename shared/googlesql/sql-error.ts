/** What went wrong with a statement: grammar, a hard limit, meaning (names, types), or something we do not offer. */
export type SqlErrorKind = 'syntax' | 'limit' | 'analysis' | 'unsupported';

/**
 * A statement's mistake, in Google's own words: `Syntax error: Unexpected identifier "FORM" at [1:10]`.
 * `offset` counts UTF-16 units from the start of the script; `line` and `column` start at 1, as BigQuery counts them.
 */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly kind: SqlErrorKind;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  /** The sentence without its position. */
  readonly reason: string;

  constructor(kind: SqlErrorKind, reason: string, text: string, offset: number) {
    const { line, column } = toLineAndColumn(text, offset);
    super(`${kind === 'syntax' ? 'Syntax error: ' : ''}${reason} at [${line}:${column}]`);
    this.kind = kind;
    this.reason = reason;
    this.line = line;
    this.column = column;
    this.offset = offset;
  }
}

const TAB_WIDTH = 8;

/** Line and column of an offset as ZetaSQL counts: from 1, per code point, tabs advance to the next multiple of 8, `\r\n` is one line end. */
export function toLineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let column = 1;
  const end = Math.min(offset, text.length);
  for (let index = 0; index < end; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 10 || (unit === 13 && text.charCodeAt(index + 1) !== 10)) {
      line++;
      column = 1;
    } else if (unit === 9) {
      column += TAB_WIDTH - ((column - 1) % TAB_WIDTH);
    } else if (unit !== 13 && !isLowSurrogate(unit)) {
      column++;
    }
  }
  return { line, column };
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
