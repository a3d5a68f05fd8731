import type { Token } from './tokenize.ts';

const LONGEST_LITERAL = 50;

/** A token as Google's error texts name it: `keyword FROM`, `identifier "x"`, `end of script`. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'end of script';
    case 'quoted':
      return `identifier ${token.text}`;
    case 'word':
      return token.keyword === '' ? `identifier "${token.text}"` : `keyword ${token.keyword}`;
    case 'int':
      return `integer literal "${token.text}"`;
    case 'float':
      return `floating point literal "${token.text}"`;
    case 'string':
    case 'bytes':
      return `${token.kind} literal ${shorten(token.text.replaceAll('\r', '\\r').replaceAll('\n', '\\n'))}`;
    default:
      return `"${token.text}"`;
  }
}

/** Long literals keep their closing quotes and lose what is before them. */
function shorten(literal: string): string {
  if (literal.length <= LONGEST_LITERAL) return literal;
  const quotes = /("""|'''|["'])$/.exec(literal)?.[0] ?? '';
  const kept = LONGEST_LITERAL - quotes.length;
  return kept > literal.length - quotes.length - 4 ? literal : `${literal.slice(0, kept)}...${quotes}`;
}
