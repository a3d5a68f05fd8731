import { SqlError } from '../sql-error.ts';
import type { Span } from './ast.ts';
import { describeToken } from './describe-token.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { type Token, tokenize } from './tokenize.ts';

/** A place in the tokens of one script. The parse functions take it, move it on, and throw SqlError through it. */
export class Cursor {
  readonly text: string;
  readonly limits: Limits;
  /** The token under the cursor. */
  token: Token;
  /** How many `?` were met so far. */
  positionalParameters = 0;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(text: string, limits: Limits = DEFAULT_LIMITS) {
    this.text = text;
    this.limits = limits;
    if (text.length > limits.maxLength) throw new SqlError('limit', tooLong(limits.maxLength), text, 0);
    this.#tokens = tokenize(text);
    this.token = this.#tokens[0] as Token;
    const tooMany = this.#tokens[limits.maxTokens];
    if (tooMany) throw new SqlError('limit', 'The query is too large: it has too many tokens', text, tooMany.start);
  }

  peek(distance = 1): Token {
    return (this.#tokens[this.#index + distance] ?? this.#tokens.at(-1)) as Token;
  }

  /** The token just passed. */
  get previous(): Token {
    return (this.#tokens[this.#index - 1] ?? this.#tokens[0]) as Token;
  }

  advance(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.token = this.#tokens[++this.#index] as Token;
    return token;
  }

  isKeyword(keyword: string): boolean {
    return this.token.keyword === keyword;
  }

  /** Whether these words stand here in a row. Words that are in no keyword list are matched by their text. */
  areWords(first: string, second: string, third?: string): boolean {
    return isWord(this.token, first) && isWord(this.peek(1), second) && (third === undefined || isWord(this.peek(2), third));
  }

  isWord(word: string): boolean {
    return isWord(this.token, word);
  }

  isSymbol(symbol: string): boolean {
    return this.token.text === symbol && this.token.kind === 'symbol';
  }

  isSymbolAt(distance: number, symbol: string): boolean {
    const token = this.peek(distance);
    return token.text === symbol && token.kind === 'symbol';
  }

  /** `>>` comes as two tokens, since it also closes types. */
  isShiftRight(): boolean {
    return this.isSymbol('>') && this.isSymbolAt(1, '>') && this.peek().start === this.token.end;
  }

  isEnd(): boolean {
    return this.token.kind === 'end';
  }

  takeKeyword(keyword: string): boolean {
    if (this.token.keyword !== keyword) return false;
    this.advance();
    return true;
  }

  takeWord(word: string): boolean {
    if (!isWord(this.token, word)) return false;
    this.advance();
    return true;
  }

  takeWords(first: string, second: string, third?: string): boolean {
    if (!this.areWords(first, second, third)) return false;
    this.advance();
    this.advance();
    if (third !== undefined) this.advance();
    return true;
  }

  takeSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.advance();
    return true;
  }

  expectKeyword(keyword: string): Token {
    if (this.token.keyword !== keyword) this.failExpected(`keyword ${keyword}`);
    return this.advance();
  }

  expectWord(word: string): Token {
    if (!isWord(this.token, word)) this.failExpected(`keyword ${word}`);
    return this.advance();
  }

  expectSymbol(symbol: string): Token {
    if (!this.isSymbol(symbol)) this.failExpected(quote(symbol));
    return this.advance();
  }

  /** Items between commas, until the first one that no comma follows. */
  list<Item>(parseItem: (cursor: Cursor) => Item): Item[] {
    const items = [parseItem(this)];
    while (this.takeSymbol(',')) items.push(parseItem(this));
    return items;
  }

  /** `( item, … )`. */
  parenthesised<Item>(parseItem: (cursor: Cursor) => Item): Item[] {
    this.expectSymbol('(');
    const items = this.list(parseItem);
    this.expectListEnd(')');
    return items;
  }

  /** A list's end, in Google's words where a comma would have gone on. */
  expectListEnd(close: string): void {
    if (!this.takeSymbol(close)) this.failExpected(`${quote(close)} or ","`);
  }

  spanFrom(start: number): Span {
    return { start, end: this.previous.end };
  }

  /** Runs a parse one level deeper. */
  nested<Value>(parse: (cursor: Cursor) => Value): Value {
    if (++this.#depth > this.limits.maxDepth) this.failDeep();
    const value = parse(this);
    this.#depth--;
    return value;
  }

  /** Counts the links of a chain that leans left in the tree. */
  checkChain(length: number): void {
    if (length > this.limits.maxChain) this.failDeep();
  }

  failUnexpected(token = this.token): never {
    this.#failStar();
    if (token.keyword === 'OVER') this.fail('OVER keyword must follow a function call', token.start);
    if (token.text === '>' && this.isShiftRight()) this.fail('Unexpected ">>"');
    this.fail(`Unexpected ${describeToken(token)}`, this.#offsetOf(token));
  }

  failExpected(expected: string): never {
    if (this.token.keyword === 'OVER') this.failUnexpected();
    this.#failStar();
    this.fail(`Expected ${expected} but got ${describeToken(this.token)}`, this.#offsetOf(this.token));
  }

  /** Google's grammar has taken the dot of `x.*` for a field's. */
  #failStar(): void {
    if (this.isSymbol('.') && this.isSymbolAt(1, '*') && this.previous.text !== '*') this.fail('Unexpected "*"', this.peek().start);
  }

  fail(reason: string, offset = this.token.start): never {
    this.#failInvalid(offset);
    throw new SqlError('syntax', reason, this.text, offset);
  }

  /** A mistake that Google words without `Syntax error:`. */
  failPlain(reason: string, offset = this.token.start): never {
    this.#failInvalid(offset);
    throw new SqlError('analysis', reason, this.text, offset);
  }

  /** What is no token at all is the mistake, whatever the grammar would have wanted there. */
  #failInvalid(offset: number): void {
    const { failure, start } = this.token;
    if (failure && offset >= start) throw new SqlError('syntax', failure.reason, this.text, failure.offset);
  }

  /** Something of Google's grammar that we do not offer, by its name. */
  failUnsupported(what: string, offset = this.token.start): never {
    throw new SqlError('unsupported', `${what} is not supported`, this.text, offset);
  }

  failDeep(): never {
    throw new SqlError('limit', 'The query is too deeply nested or its chains are too long', this.text, this.token.start);
  }

  /** The end of the text is blamed on the end of the last token. */
  #offsetOf(token: Token): number {
    return token.kind === 'end' && this.#tokens.length > 1 ? (this.#tokens.at(-2) as Token).end : token.start;
  }
}

const isWord = (token: Token, word: string): boolean =>
  token.kind === 'word' && (token.keyword === '' ? token.text.toUpperCase() === word : token.keyword === word);

const quote = (symbol: string): string => `"${symbol}"`;

const tooLong = (maxLength: number): string =>
  `The query is too large. The maximum standard SQL query length is ${(maxLength / 1024).toFixed(2)}K characters, including comments and white space characters.`;
