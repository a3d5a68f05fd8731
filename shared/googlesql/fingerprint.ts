import { createHash } from 'node:crypto';
import { RESERVED_KEYWORDS } from './syntax/keywords.ts';
import { type Token, tokenizeLoose } from './syntax/tokenize.ts';

/**
 * SHA-256 of the normalised text, 64 hex digits: equal for statements that differ only in literals, parameters, list lengths, comments,
 * layout and the case of keywords. Never throws; works on any text.
 */
export const fingerprint = (text: string): string => createHash('sha256').update(normalise(text)).digest('hex');

/**
 * A statement reduced to its shape, on one line: no comments, keywords in upper case, literals and parameters as `?`, lists of values
 * and rows as one `?`. Names keep their case. Reads tokens only, in linear time, so that it works where the parser does not; never throws.
 */
export function normalise(text: string): string {
  const words = tokenizeLoose(text)
    .filter(({ kind }) => kind !== 'comment')
    .map(toWord)
    .filter((word) => word !== '');
  while (words.at(-1) === ';') words.pop();
  return join(collapse(joinParameters(words)));
}

const VALUE = '?';

function toWord(token: Token): string {
  if (token.kind === 'invalid') return toKnown(token.text);
  if (token.kind === 'string' || token.kind === 'bytes' || token.kind === 'int' || token.kind === 'float') return VALUE;
  if (token.kind === 'word' && token.keyword !== '') return LITERALS.has(token.keyword) ? VALUE : token.keyword;
  return token.text;
}

/** An unclosed literal is a value too, and an unclosed comment is none of the shape. */
function toKnown(text: string): string {
  if (text.startsWith('/*')) return '';
  return /^[rRbB]{0,2}["']/.test(text) ? VALUE : text;
}

const LITERALS: ReadonlySet<string> = new Set(['TRUE', 'FALSE']);

/** `@ name` is one value; adjacent literals are one; a sign before a value belongs to it. */
function joinParameters(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (word === '@' && words[index + 1] !== '{' && index + 1 < words.length) {
      joined.push(VALUE);
      index++;
    } else if (word === VALUE && joined.at(-1) === VALUE) {
      // Adjacent string literals.
    } else if (word === VALUE && isSign(joined)) joined[joined.length - 1] = VALUE;
    else joined.push(word);
  }
  return joined;
}

/** A minus that cannot be a subtraction: after an opening parenthesis, a comma or an operator. */
const isSign = (words: readonly string[]): boolean =>
  (words.at(-1) === '-' || words.at(-1) === '+') && /^([([,=<>]|[<>!]=|<>)$/.test(words.at(-2) ?? '');

/** `( ? , ? )` and `[ ? , ? ]` become `( ? )`; rows of equal shape after VALUES become one. */
function collapse(words: readonly string[]): string[] {
  const result: string[] = [];
  for (const word of words) {
    result.push(word);
    while (endsWith(result, [VALUE, ',', VALUE])) result.length -= 2;
    while (endsWith(result, ['(', VALUE, ')', ',', '(', VALUE, ')'])) result.length -= 4;
    while (endsWith(result, ['[', VALUE, ']', ',', '[', VALUE, ']'])) result.length -= 4;
  }
  return result;
}

function endsWith(words: readonly string[], ending: readonly string[]): boolean {
  const from = words.length - ending.length;
  return from >= 0 && ending.every((word, index) => words[from + index] === word);
}

const TIGHT_BEFORE: ReadonlySet<string> = new Set([',', ')', ']', '.', ';']);
const TIGHT_AFTER: ReadonlySet<string> = new Set(['(', '[', '.']);

function join(words: readonly string[]): string {
  let text = '';
  for (const [index, word] of words.entries()) {
    const isTight = index === 0 || TIGHT_BEFORE.has(word) || TIGHT_AFTER.has(words[index - 1] as string) || isCall(words, index);
    text += isTight ? word : ` ${word}`;
  }
  return text;
}

/** `f (` is written `f(`, but `IN (` and `VALUES (` keep their blank. */
function isCall(words: readonly string[], index: number): boolean {
  const before = words[index - 1] ?? '';
  if (words[index] !== '(' || !/^[a-z_`]/i.test(before)) return false;
  return CALLED_KEYWORDS.has(before) || (before !== 'VALUES' && !RESERVED_KEYWORDS.has(before));
}

const CALLED_KEYWORDS: ReadonlySet<string> = new Set([
  'ARRAY',
  'CAST',
  'COLLATE',
  'EXISTS',
  'EXTRACT',
  'GROUPING',
  'IF',
  'LEFT',
  'RIGHT',
  'STRUCT',
  'UNNEST',
]);
