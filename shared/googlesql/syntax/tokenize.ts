import { KEYWORDS, RESERVED_KEYWORDS } from './keywords.ts';
import { isBlank, isDigit, isNamePart, isNameStart } from './name-character.ts';
import { isFraction, scanNumber, scanQuoted } from './scan-literal.ts';

export type TokenKind = 'word' | 'quoted' | 'string' | 'bytes' | 'int' | 'float' | 'symbol' | 'comment' | 'invalid' | 'end';

/**
 * `text` is the token as written. `keyword` is the upper-case word of an unquoted name that is a keyword, else ''.
 * After a dot and after `@` every word is a plain name: no keyword, not reserved.
 */
export type Token = {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly keyword: string;
  readonly isReserved: boolean;
  /** Of an invalid token only. */
  readonly failure?: ScanFailure;
};

/**
 * All tokens but comments, closed by one of kind 'end'. Never throws: where the text is no token, one of kind 'invalid' says why and what
 * follows is left unread, since a mistake of grammar before it is reported first. Offsets count UTF-16 units.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const scanner = createScanner(text, tokens);
  let failure: ScanFailure | undefined;
  while (!failure && !scanner.isAtEnd()) failure = scanner.next();
  if (failure) tokens.push({ ...createToken('invalid', failure.start, failure.end, text.slice(failure.start, failure.end)), failure });
  tokens.push(createToken('end', text.length, text.length, ''));
  return tokens;
}

/** All tokens with comments; what is no token becomes one of kind 'invalid'. Never throws. */
export function tokenizeLoose(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const scanner = createScanner(text, tokens, (start, end) => tokens.push(createToken('comment', start, end, text.slice(start, end))));
  while (!scanner.isAtEnd()) {
    const failure = scanner.next();
    if (failure && failure.end > failure.start)
      tokens.push(createToken('invalid', failure.start, failure.end, text.slice(failure.start, failure.end)));
  }
  return tokens;
}

/** Why a piece of text is no token; `offset` is where Google points. */
export type ScanFailure = { readonly reason: string; readonly offset: number; readonly start: number; readonly end: number };

type Scanner = { readonly isAtEnd: () => boolean; readonly next: () => ScanFailure | undefined };

function createScanner(text: string, tokens: Token[], onComment?: (start: number, end: number) => void): Scanner {
  let position = skipBlank(0);
  let isNameNext = false;
  let isDigitNameNext = false;

  function skipBlank(from: number): number {
    let at = from;
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    return at;
  }

  function push(kind: TokenKind, end: number): undefined {
    tokens.push(createToken(kind, position, end, text.slice(position, end)));
    position = skipBlank(end);
  }

  function pushWord(end: number): undefined {
    const word = text.slice(position, end);
    const upper = isNameNext ? '' : word.toUpperCase();
    const keyword = KEYWORDS.has(upper) ? upper : '';
    tokens.push({ kind: 'word', start: position, end, text: word, keyword, isReserved: keyword !== '' && RESERVED_KEYWORDS.has(keyword) });
    position = skipBlank(end);
  }

  function fail(reason: string, end: number, offset = position): ScanFailure {
    const failure = { reason, offset, start: position, end };
    position = skipBlank(end);
    return failure;
  }

  function scanComment(): ScanFailure | undefined {
    const isBlock = text[position] === '/';
    const close = isBlock ? text.indexOf('*/', position + 2) : findLineEnd(text, position);
    if (close < 0) return fail('Unclosed comment', text.length);
    const end = isBlock ? close + 2 : close;
    onComment?.(position, end);
    position = skipBlank(end);
    return undefined;
  }

  function next(): ScanFailure | undefined {
    const code = text.charCodeAt(position);
    if (isNameStart(code) || (isDigitNameNext && isDigit(code))) {
      const literal = isNameNext ? undefined : scanQuoted(text, position);
      if (!literal) {
        pushWord(findNameEnd(text, position));
        isNameNext = false;
        isDigitNameNext = false;
        return undefined;
      }
    }
    if (isCommentStart(text, position)) return scanComment();
    isNameNext = false;
    isDigitNameNext = false;
    const quoted = scanQuoted(text, position);
    if (quoted) return quoted.failure ? fail(quoted.failure, quoted.end) : push(quoted.kind, quoted.end);
    if (isDigit(code) || (code === DOT && isFraction(text, position) && !isPathSoFar(tokens))) {
      const number = scanNumber(text, position);
      const isGlued = number.failure && !isDashedSoFar(tokens, position);
      push(number.kind, number.end);
      return isGlued ? fail(number.failure, number.end, number.glue) : undefined;
    }
    const symbol = symbolAt(text, position);
    if (symbol === '')
      return fail(`Illegal input character "${String.fromCodePoint(text.codePointAt(position) ?? 0)}"`, nextCodePoint(text, position));
    isDigitNameNext = symbol === '.' && isPathSoFar(tokens);
    isNameNext = isDigitNameNext || symbol === '@' || symbol === '@@' || (symbol === '.' && isLiteralSoFar(tokens));
    return push('symbol', position + symbol.length);
  }

  return { isAtEnd: () => position >= text.length, next };
}

const createToken = (kind: TokenKind, start: number, end: number, text: string): Token => ({
  kind,
  start,
  end,
  text,
  keyword: '',
  isReserved: false,
});

const DOT = 46;

/** Longest first. `>>` is left as two tokens, because it also closes ARRAY<STRUCT<…>>. */
const SYMBOLS = ['|>', '||', '<<', '<=', '<>', '>=', '!=', '=>', '->', '+=', '-=', '@@'];
const SINGLE_SYMBOLS = '()[]{},;.:+-*/~^&|<>=@?$';

function symbolAt(text: string, position: number): string {
  const pair = text.slice(position, position + 2);
  if (SYMBOLS.includes(pair)) return pair;
  return SINGLE_SYMBOLS.includes(pair.charAt(0)) ? pair.charAt(0) : '';
}

/** Whether a dot here continues a path or a value rather than starting a number such as `.5`. */
function isPathSoFar(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  if (!last) return false;
  if (last.kind === 'word') return !last.isReserved;
  return last.kind === 'quoted' || (last.kind === 'symbol' && (last.text === ')' || last.text === ']' || last.text === '?'));
}

/** `'abc'.left(1)`: a chained call of a function whose name is a keyword. */
const isLiteralSoFar = (tokens: readonly Token[]): boolean => tokens.at(-1)?.kind === 'string' || tokens.at(-1)?.kind === 'bytes';

/** Whether a number here may be a piece of a dashed project name: `my-project-123abc.dataset`. */
function isDashedSoFar(tokens: readonly Token[], position: number): boolean {
  const dash = tokens.at(-1);
  const before = tokens.at(-2);
  return dash?.text === '-' && dash.end === position && before?.end === dash.start && (before.kind === 'word' || before.kind === 'int');
}

function isCommentStart(text: string, position: number): boolean {
  const code = text.charCodeAt(position);
  if (code === 35) return true;
  const following = text.charCodeAt(position + 1);
  return (code === 45 && following === 45) || (code === 47 && following === 42);
}

function findLineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at++;
  return at;
}

function findNameEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isNamePart(text.charCodeAt(at))) at++;
  return at;
}

const nextCodePoint = (text: string, position: number): number => position + ((text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1);
