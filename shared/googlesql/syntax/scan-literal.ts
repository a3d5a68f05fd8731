import { isDigit, isNameStart } from './name-character.ts';
import type { TokenKind } from './tokenize.ts';

type ScannedLiteral = { readonly kind: TokenKind; readonly end: number; readonly failure: string | undefined };

const QUOTED = /(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|["'])|`/y;

/** A string, bytes literal or quoted name starting here, if one does. The failure is Google's reason without position. */
export function scanQuoted(text: string, start: number): ScannedLiteral | undefined {
  if (!mayQuote(text.charCodeAt(start))) return undefined;
  QUOTED.lastIndex = start;
  const opening = QUOTED.exec(text)?.[0];
  if (opening === undefined) return undefined;
  const prefix = opening.replace(/["'`]+$/, '').toLowerCase();
  const quote = opening.slice(prefix.length);
  const kind = quote === '`' ? 'quoted' : prefix.includes('b') ? 'bytes' : 'string';
  const end = findClose(text, start + opening.length, quote);
  if (end !== undefined) return { kind, end, failure: undefined };
  const isTriple = quote.length === 3;
  return { kind, end: isTriple ? text.length : findLineEnd(text, start), failure: toUnclosed(kind, isTriple, prefix.includes('r')) };
}

/** b, r, quotes and backtick in both cases; a cheap test before the pattern. */
const mayQuote = (code: number): boolean =>
  code === 34 || code === 39 || code === 96 || code === 98 || code === 66 || code === 114 || code === 82;

function findClose(text: string, from: number, quote: string): number | undefined {
  const isTriple = quote.length === 3;
  const quoteCode = quote.charCodeAt(0);
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) {
      if (at + 1 >= text.length) return undefined;
      at++;
    } else if (code === quoteCode) {
      if (!isTriple) return at + 1;
      if (text.startsWith(quote, at)) return at + 3;
    } else if (!isTriple && (code === 10 || code === 13)) return undefined;
  }
  return undefined;
}

function findLineEnd(text: string, from: number): number {
  const end = text.slice(from).search(/[\r\n]/);
  return end < 0 ? text.length : from + end;
}

function toUnclosed(kind: TokenKind, isTriple: boolean, isRaw: boolean): string {
  if (kind === 'quoted') return 'Unclosed identifier literal';
  return `Unclosed ${isTriple ? 'triple-quoted ' : ''}${isRaw ? 'raw ' : ''}${kind} literal`;
}

/** Digits after the dot or the E are none where a hexadecimal number starts: `1.0x1` is `1.` and `0x1`. */
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+(?:\.(?:(?!0[xX][0-9a-fA-F])\d+)?)?|\.\d+)(?:[eE][+-]?(?!0[xX][0-9a-fA-F])\d+)?/y;
const FRACTION = /\.(?!0[xX][0-9a-fA-F])\d/y;

/** Whether a number without digits before the dot starts here: `.5`. */
export function isFraction(text: string, start: number): boolean {
  FRACTION.lastIndex = start;
  return FRACTION.test(text);
}

/** A number that starts here; the caller has seen a digit, or a fraction. A name that follows without a blank is a failure at `glue`: its start, or that of an exponent without sign. */
export function scanNumber(text: string, start: number): ScannedLiteral & { readonly glue: number } {
  NUMBER.lastIndex = start;
  const image = NUMBER.exec(text)?.[0] ?? '';
  const end = start + image.length;
  const isFloat = !/^0[xX]/.test(image) && /[.eE]/.test(image);
  const following = text.charCodeAt(end);
  const isGlued = (isNameStart(following) || isDigit(following)) && !image.endsWith('.');
  const exponent = isFloat ? image.search(/[eE]\d/) : -1;
  const glue = exponent > 0 ? start + exponent : end;
  return { kind: isFloat ? 'float' : 'int', end, glue, failure: isGlued ? 'Missing whitespace between literal and alias' : undefined };
}
