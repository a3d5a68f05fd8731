import type { ScalarUdf } from './scalar-udf.ts';

// The regular expression calls DuckDB has no equal of: positions, occurrences, patterns that are no literals, BYTES (as Latin-1 text).

function fail(message: string): never {
  throw new Error(message);
}

const cache = new Map<string, RegExp>();

/** RE2 syntax as JavaScript's: inline flags at the start, \Q…\E, \A, \z, (?P<name>…), [[:alpha:]]. */
function compile(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known) {
    known.lastIndex = 0;
    return known;
  }
  let flags = 'dgu';
  let body = pattern.replace(/^\(\?([imsU]+)\)/, (_, letters: string) => {
    for (const letter of letters) if ('ims'.includes(letter)) flags += letter;
    return '';
  });
  body = body
    .replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_, quoted: string) => quoted.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\(\?P</g, '(?<')
    .replace(/\\C/g, '[\\s\\S]')
    .replace(
      /\[\[:(\w+):\]\]/g,
      (_, name: string) => `[${POSIX[name] ?? fail(`Cannot parse regular expression: invalid character class range: ${name}`)}]`,
    )
    .replace(/\[:(\w+):\]/g, (whole, name: string) => POSIX[name] ?? whole);
  body = body.replace(/\\([^\w\s\\^$.*+?()[\]{}|/-])/g, '$1').replace(/\\-(?![^[]*\])/g, '-');
  try {
    const compiled = new RegExp(body, flags);
    if (cache.size < 500) cache.set(pattern, compiled);
    return compiled;
  } catch (error) {
    return fail(`Cannot parse regular expression: ${(error as Error).message}`);
  }
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const groupsOf = (match: RegExpMatchArray): number => match.length - 1;

function matches(text: string, pattern: string): RegExpMatchArray[] {
  const all = [...text.matchAll(compile(pattern))];
  if (all[0] && groupsOf(all[0]) > 1) fail('Regular expression has more than 1 capturing group');
  return all;
}

const capturedBy = (match: RegExpMatchArray): string | undefined => (groupsOf(match) ? match[1] : match[0]);

/** Code units that a position, counted in characters from 1, skips; undefined past the end. */
function unitsBefore(text: string, position: bigint, name: string): number | undefined {
  if (position <= 0n) fail(`Position argument in ${name}() must be positive`);
  const points = Array.from(text);
  if (position > BigInt(points.length) + 1n) return undefined;
  return points.slice(0, Number(position) - 1).join('').length;
}

function extract(text: string, pattern: string, position: bigint, occurrence: bigint): string | null {
  if (occurrence <= 0n) fail('Occurrence argument in REGEXP_EXTRACT() must be positive');
  const skipped = unitsBefore(text, position, 'REGEXP_EXTRACT');
  if (skipped === undefined) return null;
  const match = matches(text.slice(skipped), pattern)[Number(occurrence) - 1];
  return match ? (capturedBy(match) ?? null) : null;
}

const extractAll = (text: string, pattern: string): string[] => matches(text, pattern).map((m) => capturedBy(m) ?? '');

function instr(text: string, pattern: string, position: bigint, occurrence: bigint, end: bigint): bigint {
  if (occurrence <= 0n) fail('Occurrence argument in REGEXP_INSTR() must be positive');
  if (end !== 0n && end !== 1n) fail('Return position argument in REGEXP_INSTR() must be 0 or 1');
  const skipped = unitsBefore(text, position, 'REGEXP_INSTR');
  if (skipped === undefined || !text) return 0n;
  const match = matches(text.slice(skipped), pattern)[Number(occurrence) - 1];
  if (!match) return 0n;
  const found = capturedBy(match) ?? '';
  const start = skipped + match.index! + (groupsOf(match) ? (match.indices?.[1]?.[0] ?? match.index!) - match.index! : 0);
  return BigInt(Array.from(text.slice(0, end ? start + found.length : start)).length + 1);
}

/** Replacement text: \0 to \9 are groups, \\ a backslash. */
function replace(text: string, pattern: string, replacement: string): string {
  const bad = /\\(?![\d\\])/.exec(replacement);
  if (bad) fail('Invalid REGEXP_REPLACE pattern');
  return text.replace(compile(pattern), (...groups: unknown[]) =>
    replacement.replace(/\\([\d\\])/g, (_, key: string) => (key === '\\' ? '\\' : String(groups[Number(key)] ?? ''))),
  );
}

const latin = (bytes: Uint8Array): string => [...bytes].map((b) => String.fromCharCode(b)).join('');
const bytes = (text: string): Uint8Array => Uint8Array.from([...text].map((c) => c.charCodeAt(0)));
const BLOB2 = ['BLOB', 'BLOB'] as const;

export const regexpUdfs: readonly ScalarUdf[] = [
  { name: 'bq_regexp_extract', parameters: ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'], returns: 'VARCHAR', call: extract },
  { name: 'bq_regexp_extract_all', parameters: ['VARCHAR', 'VARCHAR'], returns: 'VARCHAR[]', call: extractAll },
  { name: 'bq_regexp_instr', parameters: ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT', 'BIGINT'], returns: 'BIGINT', call: instr },
  {
    name: 'bq_regexp_contains_bytes',
    parameters: BLOB2,
    returns: 'BOOLEAN',
    call: (b: Uint8Array, p: Uint8Array) => compile(latin(p)).test(latin(b)),
  },
  {
    name: 'bq_regexp_extract_bytes',
    parameters: ['BLOB', 'BLOB', 'BIGINT', 'BIGINT'],
    returns: 'BLOB',
    call: (b: Uint8Array, p: Uint8Array, at: bigint, nth: bigint) => {
      const found = extract(latin(b), latin(p), at, nth);
      return found === null ? null : bytes(found);
    },
  },
  {
    name: 'bq_regexp_extract_all_bytes',
    parameters: BLOB2,
    returns: 'BLOB[]',
    call: (b: Uint8Array, p: Uint8Array) => extractAll(latin(b), latin(p)).map(bytes),
  },
  {
    name: 'bq_regexp_replace_bytes',
    parameters: ['BLOB', 'BLOB', 'BLOB'],
    returns: 'BLOB',
    call: (b: Uint8Array, p: Uint8Array, r: Uint8Array) => bytes(replace(latin(b), latin(p), latin(r))),
  },
  {
    name: 'bq_regexp_instr_bytes',
    parameters: ['BLOB', 'BLOB', 'BIGINT', 'BIGINT', 'BIGINT'],
    returns: 'BIGINT',
    call: (b: Uint8Array, p: Uint8Array, at: bigint, nth: bigint, end: bigint) => instr(latin(b), latin(p), at, nth, end),
  },
];
