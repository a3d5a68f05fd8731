/** A fault inside a literal; `at` is the offset within the token. */
type UnescapeFault = { readonly reason: string; readonly at: number };
export type Unescaped =
  | { readonly value: string; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: UnescapeFault };

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
};

/** What a string literal or a backtick name means. */
export function unescapeString(literal: string): Unescaped {
  return decode(literal, false);
}

/** What a bytes literal means, one character (0-255) per byte; text outside ASCII stands for its UTF-8 bytes. */
export function unescapeBytes(literal: string): Unescaped {
  return decode(literal, true);
}

function decode(literal: string, isBytes: boolean): Unescaped {
  const { bodyStart, body, isRaw } = splitLiteral(literal);
  if (isRaw || !body.includes('\\')) return { value: normalise(body, isBytes) };
  let value = '';
  let at = 0;
  while (at < body.length) {
    const next = body.indexOf('\\', at);
    if (next < 0) return { value: value + normalise(body.slice(at), isBytes) };
    value += normalise(body.slice(at, next), isBytes);
    const sequence = readEscape(body, next, isBytes);
    if ('reason' in sequence) return { fault: { reason: sequence.reason, at: bodyStart + next } };
    value += sequence.value;
    at = sequence.end;
  }
  return { value };
}

function splitLiteral(literal: string): { bodyStart: number; body: string; isRaw: boolean } {
  const prefix = /^[a-zA-Z]*/.exec(literal)?.[0] ?? '';
  const quote = literal.charAt(prefix.length);
  const isTriple = quote !== '`' && literal.startsWith(quote.repeat(3), prefix.length) && literal.length >= prefix.length + 6;
  const bodyStart = prefix.length + (isTriple ? 3 : 1);
  return { bodyStart, body: literal.slice(bodyStart, literal.length - (isTriple ? 3 : 1)), isRaw: /r/i.test(prefix) };
}

/** Line ends inside triple quotes are one `\n`; bytes are spelled out as UTF-8. */
function normalise(text: string, isBytes: boolean): string {
  const unified = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return isBytes ? toByteString(unified) : unified;
}

function toByteString(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

type Escape = { readonly value: string; readonly end: number } | { readonly reason: string };

function readEscape(body: string, at: number, isBytes: boolean): Escape {
  const letter = body.charAt(at + 1);
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { value: simple, end: at + 2 };
  if (/[0-7]/.test(letter)) return readOctal(body, at);
  if (letter === 'x' || letter === 'X') return readHex(body, at, letter);
  if (letter === 'u' || letter === 'U') return isBytes ? refuseUnicode(letter) : readUnicode(body, at, letter);
  if (letter === '\n' || letter === '\r') return { reason: 'Illegal escaped newline' };
  return { reason: `Illegal escape sequence: \\${String.fromCodePoint(body.codePointAt(at + 1) ?? 0)}` };
}

const OCTAL = 'Illegal escape sequence: Octal escape must be followed by 3 octal digits but saw: \\';

function readOctal(body: string, at: number): Escape {
  const digits = body.slice(at + 1, at + 4);
  if (!/^[0-3][0-7]{2}$/.test(digits)) {
    const reason = /^[0-3]/.test(digits) ? OCTAL + digits : `Illegal escape sequence: \\${digits.charAt(0)}`;
    return { reason };
  }
  return { value: String.fromCharCode(Number.parseInt(digits, 8)), end: at + 4 };
}

function readHex(body: string, at: number, letter: string): Escape {
  const digits = body.slice(at + 2, at + 4);
  if (!/^[0-9a-fA-F]{2}$/.test(digits)) {
    return { reason: `Illegal escape sequence: Hex escape must be followed by 2 hex digits but saw: \\${letter}${digits}` };
  }
  return { value: String.fromCharCode(Number.parseInt(digits, 16)), end: at + 4 };
}

const refuseUnicode = (letter: string): Escape => ({
  reason: `Illegal escape sequence: Unicode escape sequence \\${letter} cannot be used in bytes literals`,
});

function readUnicode(body: string, at: number, letter: 'u' | 'U'): Escape {
  const length = letter === 'u' ? 4 : 8;
  const digits = body.slice(at + 2, at + 2 + length);
  const code = Number.parseInt(digits, 16);
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) {
    return { reason: `Illegal escape sequence: \\${letter} must be followed by ${length} hex digits but saw: \\${letter}${digits}` };
  }
  if (code > 0x10ffff) return { reason: `Illegal escape sequence: Value of \\U${digits} exceeds Unicode limit (0x0010FFFF)` };
  if (code >= 0xd800 && code <= 0xdfff) return { reason: `Illegal escape sequence: Unicode value \\${letter}${digits} is invalid` };
  return { value: String.fromCodePoint(code), end: at + 2 + length };
}
