import type { ScalarUdf } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

const points = (text: string): string[] => Array.from(text);

/** BigQuery's SUBSTR on a sequence: 0 counts as 1, below zero from the end, a start before the beginning is the beginning. */
function sliceFrom(size: number, start: bigint, length: bigint): readonly [number, number] {
  if (length < 0n) fail('Third argument in SUBSTR() cannot be negative');
  const from = start > 0n ? start - 1n : start === 0n ? 0n : BigInt(size) + start < 0n ? 0n : BigInt(size) + start;
  const to = from + length;
  return [Number(from > BigInt(size) ? BigInt(size) : from), Number(to > BigInt(size) ? BigInt(size) : to)];
}

/** An output longer than BigQuery makes one is an error, and would be the end of this process. */
const MAX_OUTPUT = 1 << 24;

const count = (n: bigint, name: string): number =>
  n < 0n ? fail(`Second argument in ${name}() cannot be negative`) : Number(n > 1_000_000_000n ? 1_000_000_000n : n);

const SEPARATORS = new Set(' \t\n\r\f\v[](){}/|<>!?@"^#$&~_,.:;*%+-');

/** INITCAP maps letter by letter: one that would become two stays as it is. */
const oneToOne = (letter: string, cased: string): string => (points(cased).length === 1 ? cased : letter);

function initcap(text: string, separators: ReadonlySet<string>): string {
  let isStart = true;
  return points(text)
    .map((letter) => {
      const cased = oneToOne(letter, isStart ? letter.toUpperCase() : letter.toLowerCase());
      isStart = separators.has(letter);
      return isStart ? letter : cased;
    })
    .join('');
}

const SOUNDEX_CODES: Readonly<Record<string, string>> = Object.fromEntries(
  ['BFPV', 'CGJKQSXZ', 'DT', 'L', 'MN', 'R'].flatMap((letters, i) => [...letters].map((letter) => [letter, String(i + 1)])),
);

/** The first letter as it is written; a letter of the same group as the digit before it adds nothing, whatever stands between. */
function soundex(text: string): string {
  const [first, ...rest] = [...text].filter((c) => /[A-Za-z]/.test(c));
  if (!first) return '';
  let code = first;
  let last = SOUNDEX_CODES[first.toUpperCase()];
  for (const letter of rest) {
    const digit = SOUNDEX_CODES[letter.toUpperCase()];
    if (digit && digit !== last) code += digit;
    last = digit ?? last;
    if (code.length === 4) break;
  }
  return code.padEnd(4, '0');
}

function translate<T>(source: readonly T[], from: readonly T[], to: readonly T[]): T[] {
  if (new Set(from).size !== from.length) fail('Duplicate character in TRANSLATE source characters');
  const map = new Map(from.map((item, i) => [item, to[i]]));
  return source.flatMap((item) => {
    const mapped = map.has(item) ? map.get(item) : item;
    return mapped === undefined ? [] : [mapped];
  });
}

function findNth<T>(source: readonly T[], search: readonly T[], position: bigint, occurrence: bigint): bigint {
  if (position === 0n) fail('Position argument in INSTR() cannot be 0');
  if (occurrence <= 0n) fail('Occurrence argument in INSTR() must be positive');
  if (!search.length) return 0n;
  const matches = (at: number): boolean => search.every((item, i) => source[at + i] === item);
  const step = position > 0n ? 1 : -1;
  const start = position > 0n ? Number(position) - 1 : Math.min(source.length + Number(position), source.length - search.length);
  let left = occurrence;
  for (let at = start; at >= 0 && at <= source.length - search.length; at += step) if (matches(at) && --left === 0n) return BigInt(at + 1);
  return 0n;
}

function editDistance<T>(a: readonly T[], b: readonly T[], most: bigint): bigint {
  if (most < 0n) fail('max_distance must be greater than or equal to 0');
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)));
    row = next;
  }
  const distance = BigInt(row[b.length]!);
  return distance > most ? most : distance;
}

function padded(text: string, length: bigint, pattern: string, name: string, atStart: boolean): string {
  const source = points(text);
  const size = count(length, name);
  if (size > MAX_OUTPUT) fail(`Output of ${name} exceeds max allowed output size of 1MB`);
  const filler = points(pattern);
  if (!filler.length) fail('Third argument (pad pattern) for LPAD/RPAD cannot be empty');
  if (size <= source.length) return source.slice(0, size).join('');
  const fill = Array.from({ length: size - source.length }, (_, i) => filler[i % filler.length]).join('');
  return atStart ? fill + text : text + fill;
}

function splitSubstring(text: string, delimiter: string, start: bigint, number: bigint): string {
  if (!delimiter) fail('Delimiter of SPLIT_SUBSTR() must not be empty');
  if (number < 0n) fail('Count of SPLIT_SUBSTR() cannot be negative');
  const parts = text.split(delimiter);
  const from = start > 0n ? Number(start) - 1 : start === 0n ? 0 : Math.max(parts.length + Number(start), 0);
  return parts.slice(from, number > BigInt(parts.length) ? undefined : from + Number(number)).join(delimiter);
}

function codePoint(n: bigint | null): string {
  if (n === null) return '';
  if (n < 0n || n > 0x10ffffn || (n >= 0xd800n && n <= 0xdfffn)) fail(`Invalid codepoint ${n}`);
  return String.fromCodePoint(Number(n));
}

/** Unicode's full case folding, by way of the upper case; a dotless i has none. No letter looks at its neighbours, as a final sigma would. */
const foldCase = (text: string): string =>
  points(text)
    .map((letter) => (letter === 'ı' ? letter : points(lowered(letter.toUpperCase()).toUpperCase()).map(lowered).join('')))
    .join('');
const lowered = (text: string): string => text.toLowerCase();

export const textUdfs: readonly ScalarUdf[] = [
  {
    name: 'bq_error',
    parameters: ['VARCHAR'],
    returns: 'VARCHAR',
    takesNull: true,
    call: (message: string | null) => fail(message ?? 'NULL'),
  },
  { name: 'bq_upper', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (t: string) => t.toUpperCase() },
  { name: 'bq_lower', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (t: string) => t.toLowerCase() },
  {
    name: 'bq_substr',
    parameters: ['VARCHAR', 'BIGINT', 'BIGINT'],
    returns: 'VARCHAR',
    call: (t: string, start: bigint, length: bigint) => {
      const source = points(t);
      return source.slice(...sliceFrom(source.length, start, length)).join('');
    },
  },
  {
    name: 'bq_left',
    parameters: ['VARCHAR', 'BIGINT'],
    returns: 'VARCHAR',
    call: (t: string, n: bigint) => points(t).slice(0, count(n, 'LEFT')).join(''),
  },
  {
    name: 'bq_right',
    parameters: ['VARCHAR', 'BIGINT'],
    returns: 'VARCHAR',
    call: (t: string, n: bigint) => {
      const source = points(t);
      return source.slice(Math.max(0, source.length - count(n, 'RIGHT'))).join('');
    },
  },
  {
    name: 'bq_lpad',
    parameters: ['VARCHAR', 'BIGINT', 'VARCHAR'],
    returns: 'VARCHAR',
    call: (t: string, n: bigint, p: string) => padded(t, n, p, 'LPAD', true),
  },
  {
    name: 'bq_rpad',
    parameters: ['VARCHAR', 'BIGINT', 'VARCHAR'],
    returns: 'VARCHAR',
    call: (t: string, n: bigint, p: string) => padded(t, n, p, 'RPAD', false),
  },
  {
    name: 'bq_repeat',
    parameters: ['VARCHAR', 'BIGINT'],
    returns: 'VARCHAR',
    call: (t: string, n: bigint) => {
      const times = count(n, 'REPEAT');
      return times * t.length > MAX_OUTPUT ? fail('Output of REPEAT exceeds max allowed output size of 1MB') : t.repeat(times);
    },
  },
  { name: 'bq_reverse', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (t: string) => points(t).reverse().join('') },
  {
    name: 'bq_split',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'VARCHAR[]',
    call: (t: string, d: string) => (d ? t.split(d) : t ? points(t) : ['']),
  },
  { name: 'bq_split_substr', parameters: ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'], returns: 'VARCHAR', call: splitSubstring },
  {
    name: 'bq_instr',
    parameters: ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'],
    returns: 'BIGINT',
    call: (t: string, s: string, at: bigint, nth: bigint) => findNth(points(t), points(s), at, nth),
  },
  {
    name: 'bq_translate',
    parameters: ['VARCHAR', 'VARCHAR', 'VARCHAR'],
    returns: 'VARCHAR',
    call: (t: string, from: string, to: string) => translate(points(t), points(from), points(to)).join(''),
  },
  { name: 'bq_initcap', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (t: string) => initcap(t, SEPARATORS) },
  {
    name: 'bq_initcap_by',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'VARCHAR',
    call: (t: string, d: string) => initcap(t, new Set(points(d))),
  },
  { name: 'bq_soundex', parameters: ['VARCHAR'], returns: 'VARCHAR', call: soundex },
  {
    name: 'bq_ascii',
    parameters: ['VARCHAR'],
    returns: 'BIGINT',
    call: (t: string) => {
      const code = t ? t.codePointAt(0)! : 0;
      return code > 127 ? fail('First char of input is not an ASCII character') : BigInt(code);
    },
  },
  {
    name: 'bq_ascii_bytes',
    parameters: ['BLOB'],
    returns: 'BIGINT',
    call: (bytes: Uint8Array) => BigInt(bytes[0] ?? 0),
  },
  { name: 'bq_chr', parameters: ['BIGINT'], returns: 'VARCHAR', call: codePoint },
  {
    name: 'bq_to_code_points',
    parameters: ['VARCHAR'],
    returns: 'BIGINT[]',
    call: (t: string) => points(t).map((c) => BigInt(c.codePointAt(0)!)),
  },
  {
    name: 'bq_code_points_to_string',
    parameters: ['BIGINT[]'],
    returns: 'VARCHAR',
    call: (ns: readonly (bigint | null)[]) => (ns.includes(null) ? null : ns.map(codePoint).join('')),
  },
  {
    name: 'bq_normalize',
    parameters: ['VARCHAR', 'VARCHAR', 'BOOLEAN'],
    returns: 'VARCHAR',
    call: (t: string, mode: string, foldsCase: boolean) => {
      const folded = foldsCase ? foldCase(t.normalize(mode)) : t;
      return folded.normalize(mode);
    },
  },
  {
    name: 'bq_edit_distance',
    parameters: ['VARCHAR', 'VARCHAR', 'BIGINT'],
    returns: 'BIGINT',
    call: (a: string, b: string, most: bigint) => editDistance(points(a), points(b), most),
  },
  {
    name: 'bq_edit_distance_bytes',
    parameters: ['BLOB', 'BLOB', 'BIGINT'],
    returns: 'BIGINT',
    call: (a: Uint8Array, b: Uint8Array, most: bigint) => editDistance([...a], [...b], most),
  },
];

export { findNth, sliceFrom, translate };
