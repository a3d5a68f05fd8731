import { decodeBase32, encodeBase32 } from './base32.ts';
import { decodeBase64 } from './base64.ts';
import type { ScalarUdf } from './scalar-udf.ts';
import { findNth, sliceFrom, translate } from './text-udfs.ts';

function fail(message: string): never {
  throw new Error(message);
}

const bytesOf = (items: readonly number[]): Uint8Array => Uint8Array.from(items);
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossyDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return fail('Invalid UTF-8 string');
  }
}

const size = (n: bigint, name: string): number =>
  n < 0n ? fail(`Second argument in ${name}() cannot be negative`) : Number(n > 1n << 40n ? 1n << 40n : n);

function indexOf(source: Uint8Array, search: Uint8Array, from = 0): number {
  for (let at = from; at <= source.length - search.length; at++) if (search.every((byte, i) => source[at + i] === byte)) return at;
  return -1;
}

function pad(source: Uint8Array, length: bigint, pattern: Uint8Array, name: string, atStart: boolean): Uint8Array {
  const wanted = size(length, name);
  if (wanted > 1 << 24) fail(`Output of ${name} exceeds max allowed output size of 1MB`);
  if (!pattern.length) fail('Third argument (pad pattern) for LPAD/RPAD cannot be empty');
  if (wanted <= source.length) return source.slice(0, wanted);
  const fill = Array.from({ length: wanted - source.length }, (_, i) => pattern[i % pattern.length]!);
  return bytesOf(atStart ? [...fill, ...source] : [...source, ...fill]);
}

function split(source: Uint8Array, delimiter: Uint8Array): Uint8Array[] {
  if (!delimiter.length && source.length) return [...source].map((byte) => bytesOf([byte]));
  if (!delimiter.length) return [source];
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = indexOf(source, delimiter); at >= 0; at = indexOf(source, delimiter, from)) {
    parts.push(source.slice(from, at));
    from = at + delimiter.length;
  }
  return [...parts, source.slice(from)];
}

function join(parts: readonly (Uint8Array | null)[], separator: Uint8Array): Uint8Array {
  const present = parts.filter((part) => part !== null);
  return bytesOf(present.flatMap((part, i) => (i ? [...separator, ...part] : [...part])));
}

function trim(source: Uint8Array, characters: Uint8Array, side: string): Uint8Array {
  const set = new Set(characters);
  let [from, to] = [0, source.length];
  if (side !== 'right') while (from < to && set.has(source[from]!)) from++;
  if (side !== 'left') while (to > from && set.has(source[to - 1]!)) to--;
  return source.slice(from, to);
}

function bitwise(a: Uint8Array, b: Uint8Array, operator: string): Uint8Array {
  if (a.length !== b.length)
    fail(
      `Bitwise binary operator for BYTES requires equal length of the inputs. Got ${a.length} bytes on the left hand side and ${b.length} bytes on the right hand side.`,
    );
  return a.map((byte, i) => (operator === '|' ? byte | b[i]! : operator === '&' ? byte & b[i]! : byte ^ b[i]!));
}

/** An aggregate over BYTES; `PAD` fills shorter ones with zeros behind, `STRICT` wants one length. */
function foldBytes(values: readonly Uint8Array[], operator: string, mode: string): Uint8Array | null {
  const length = Math.max(0, ...values.map((v) => v.length));
  if (mode.toUpperCase() !== 'PAD' && values.some((v) => v.length !== length))
    fail('Bitwise aggregation of BYTES requires equal length of the inputs');
  const widened = values.map((v) => bytesOf(Array.from({ length }, (_, i) => v[i] ?? 0)));
  return widened.length ? widened.reduce((a, b) => bitwise(a, b, operator)) : null;
}

function shift(source: Uint8Array, by: bigint, direction: string): Uint8Array {
  if (by < 0n) fail('Bitwise shift by negative offset');
  const bits = BigInt(source.length * 8);
  if (by >= bits) return new Uint8Array(source.length);
  const value = source.reduce((n, byte) => (n << 8n) | BigInt(byte), 0n);
  let moved = direction === '<<' ? (value << by) & ((1n << bits) - 1n) : value >> by;
  const result = new Uint8Array(source.length);
  for (let i = source.length - 1; i >= 0; i--) {
    result[i] = Number(moved & 0xffn);
    moved >>= 8n;
  }
  return result;
}

function fromHex(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]*$/.test(text))
    fail(`Failed to decode invalid hexadecimal string due to character at position ${text.search(/[^0-9a-fA-F]/)}`);
  const even = text.length % 2 ? `0${text}` : text;
  return bytesOf((even.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}

/** The quoted form of %T; what is not printable ASCII is escaped. */
function bytesLiteral(source: Uint8Array): string {
  const quote = source.includes(34) && !source.includes(39) ? "'" : '"';
  return `b${quote}${escaped(source, quote)}${quote}`;
}

function escaped(source: Uint8Array, quote = ''): string {
  const body = [...source].map((byte) => {
    const letter = String.fromCharCode(byte);
    if (letter === '\\' || letter === quote) return `\\${letter}`;
    return byte >= 32 && byte < 127 ? letter : ({ 10: '\\n', 13: '\\r', 9: '\\t' }[byte] ?? `\\x${byte.toString(16).padStart(2, '0')}`);
  });
  return body.join('');
}

function likeBytes(source: Uint8Array, pattern: Uint8Array): boolean {
  const latin = (bytes: Uint8Array): string => [...bytes].map((b) => String.fromCharCode(b)).join('');
  let expression = '';
  const text = latin(pattern);
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\' && i + 1 >= text.length) fail('LIKE pattern ends with a backslash');
    if (c === '%') expression += '[\\s\\S]*';
    else if (c === '_') expression += '[\\s\\S]';
    else expression += (c === '\\' ? text[++i]! : c).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  }
  return new RegExp(`^${expression}$`).test(latin(source));
}

const cased = (from: number, to: number, by: number) => (source: Uint8Array) => source.map((b) => (b >= from && b <= to ? b + by : b));
const BLOB2 = ['BLOB', 'BLOB'] as const;

export const bytesUdfs: readonly ScalarUdf[] = [
  { name: 'bq_bytes_escaped', parameters: ['BLOB'], returns: 'VARCHAR', call: (source: Uint8Array) => escaped(source) },
  { name: 'bq_bytes_text', parameters: ['BLOB'], returns: 'VARCHAR', call: textOf },
  { name: 'bq_bytes_text_lossy', parameters: ['BLOB'], returns: 'VARCHAR', call: (b: Uint8Array) => lossyDecoder.decode(b) },
  { name: 'bq_bytes_literal', parameters: ['BLOB'], returns: 'VARCHAR', call: bytesLiteral },
  { name: 'bq_upper_bytes', parameters: ['BLOB'], returns: 'BLOB', call: cased(97, 122, -32) },
  { name: 'bq_lower_bytes', parameters: ['BLOB'], returns: 'BLOB', call: cased(65, 90, 32) },
  { name: 'bq_reverse_bytes', parameters: ['BLOB'], returns: 'BLOB', call: (b: Uint8Array) => b.slice().reverse() },
  {
    name: 'bq_substr_bytes',
    parameters: ['BLOB', 'BIGINT', 'BIGINT'],
    returns: 'BLOB',
    call: (b: Uint8Array, start: bigint, n: bigint) => b.slice(...sliceFrom(b.length, start, n)),
  },
  {
    name: 'bq_left_bytes',
    parameters: ['BLOB', 'BIGINT'],
    returns: 'BLOB',
    call: (b: Uint8Array, n: bigint) => b.slice(0, size(n, 'LEFT')),
  },
  {
    name: 'bq_right_bytes',
    parameters: ['BLOB', 'BIGINT'],
    returns: 'BLOB',
    call: (b: Uint8Array, n: bigint) => b.slice(Math.max(0, b.length - size(n, 'RIGHT'))),
  },
  {
    name: 'bq_lpad_bytes',
    parameters: ['BLOB', 'BIGINT', 'BLOB'],
    returns: 'BLOB',
    call: (b: Uint8Array, n: bigint, p: Uint8Array) => pad(b, n, p, 'LPAD', true),
  },
  {
    name: 'bq_rpad_bytes',
    parameters: ['BLOB', 'BIGINT', 'BLOB'],
    returns: 'BLOB',
    call: (b: Uint8Array, n: bigint, p: Uint8Array) => pad(b, n, p, 'RPAD', false),
  },
  { name: 'bq_trim_bytes', parameters: ['BLOB', 'BLOB', 'VARCHAR'], returns: 'BLOB', call: trim },
  {
    name: 'bq_repeat_bytes',
    parameters: ['BLOB', 'BIGINT'],
    returns: 'BLOB',
    call: (b: Uint8Array, n: bigint) => {
      const times = size(n, 'REPEAT');
      if (times * b.length > 1 << 24) fail('Output of REPEAT exceeds max allowed output size of 1MB');
      return bytesOf(Array.from({ length: b.length ? times : 0 }, () => [...b]).flat());
    },
  },
  {
    name: 'bq_replace_bytes',
    parameters: ['BLOB', 'BLOB', 'BLOB'],
    returns: 'BLOB',
    call: (b: Uint8Array, from: Uint8Array, to: Uint8Array) => (from.length ? join(split(b, from), to) : b),
  },
  {
    name: 'bq_starts_with_bytes',
    parameters: BLOB2,
    returns: 'BOOLEAN',
    call: (b: Uint8Array, p: Uint8Array) => p.every((byte, i) => b[i] === byte),
  },
  {
    name: 'bq_ends_with_bytes',
    parameters: BLOB2,
    returns: 'BOOLEAN',
    call: (b: Uint8Array, p: Uint8Array) => p.length <= b.length && p.every((byte, i) => b[b.length - p.length + i] === byte),
  },
  { name: 'bq_strpos_bytes', parameters: BLOB2, returns: 'BIGINT', call: (b: Uint8Array, s: Uint8Array) => BigInt(indexOf(b, s) + 1) },
  {
    name: 'bq_instr_bytes',
    parameters: ['BLOB', 'BLOB', 'BIGINT', 'BIGINT'],
    returns: 'BIGINT',
    call: (b: Uint8Array, s: Uint8Array, at: bigint, nth: bigint) => findNth([...b], [...s], at, nth),
  },
  { name: 'bq_split_bytes', parameters: BLOB2, returns: 'BLOB[]', call: split },
  { name: 'bq_join_bytes', parameters: ['BLOB[]', 'BLOB'], returns: 'BLOB', call: join },
  {
    name: 'bq_translate_bytes',
    parameters: ['BLOB', 'BLOB', 'BLOB'],
    returns: 'BLOB',
    call: (b: Uint8Array, from: Uint8Array, to: Uint8Array) => bytesOf(translate([...b], [...from], [...to])),
  },
  { name: 'bq_to_code_points_bytes', parameters: ['BLOB'], returns: 'BIGINT[]', call: (b: Uint8Array) => [...b].map(BigInt) },
  {
    name: 'bq_code_points_to_bytes',
    parameters: ['BIGINT[]'],
    returns: 'BLOB',
    call: (ns: readonly (bigint | null)[]) =>
      ns.includes(null)
        ? null
        : bytesOf(ns.map((n) => (n! < 0n || n! > 255n ? fail(`Invalid extended ASCII code point: ${n}`) : Number(n)))),
  },
  { name: 'bq_from_hex', parameters: ['VARCHAR'], returns: 'BLOB', call: fromHex },
  {
    name: 'bq_from_base64',
    parameters: ['VARCHAR'],
    returns: 'BLOB',
    call: (t: string) => decodeBase64(t) ?? fail('Failed to decode invalid base64 string'),
  },
  { name: 'bq_to_base32', parameters: ['BLOB'], returns: 'VARCHAR', call: encodeBase32 },
  { name: 'bq_from_base32', parameters: ['VARCHAR'], returns: 'BLOB', call: decodeBase32 },
  { name: 'bq_bytes_bitwise', parameters: ['BLOB', 'BLOB', 'VARCHAR'], returns: 'BLOB', call: bitwise },
  { name: 'bq_bytes_fold', parameters: ['BLOB[]', 'VARCHAR', 'VARCHAR'], returns: 'BLOB', call: foldBytes },
  { name: 'bq_bytes_not', parameters: ['BLOB'], returns: 'BLOB', call: (b: Uint8Array) => b.map((byte) => ~byte & 255) },
  { name: 'bq_bytes_shift', parameters: ['BLOB', 'BIGINT', 'VARCHAR'], returns: 'BLOB', call: shift },
  {
    name: 'bq_bit_count_bytes',
    parameters: ['BLOB'],
    returns: 'BIGINT',
    call: (b: Uint8Array) => b.reduce((n, byte) => n + BigInt(byte.toString(2).replaceAll('0', '').length), 0n),
  },
  { name: 'bq_like_bytes', parameters: BLOB2, returns: 'BOOLEAN', call: likeBytes },
];
