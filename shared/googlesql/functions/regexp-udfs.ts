import { translateRe2 } from './re2-pattern.ts';
import type { ScalarUdf } from './scalar-udf.ts';

// The regular expression calls DuckDB has no equal of: positions, occurrences, patterns that are no literals, BYTES (as Latin-1 text).

function fail(message: string): never {
  throw new Error(message);
}

type Compiled = { readonly regExp: RegExp; readonly groups: number };
const cache = new Map<string, Compiled>();

function compile(pattern: string): Compiled {
  const known = cache.get(pattern);
  if (known) return known;
  const { source, groups } = translateRe2(pattern);
  try {
    const compiled = { regExp: new RegExp(source, 'dgv'), groups };
    if (cache.size < 500) cache.set(pattern, compiled);
    return compiled;
  } catch (error) {
    return fail(`Cannot parse regular expression: ${(error as Error).message}`);
  }
}

const groupsOf = (match: RegExpMatchArray): number => match.length - 1;

/** All matches from left to right. The end of a text that is not empty is looked at only by a match that began before it. */
function matches(text: string, pattern: string): RegExpExecArray[] {
  const { regExp, groups } = compile(pattern);
  if (groups > 1) fail('Regular expressions passed into extraction functions must not have more than 1 capturing group');
  const all: RegExpExecArray[] = [];
  for (let at = 0; at === 0 || at < text.length; ) {
    regExp.lastIndex = at;
    const match = regExp.exec(text);
    if (!match) return all;
    all.push(match);
    const end = match.index + match[0].length;
    at = match[0] ? end : end + (text.codePointAt(end)! > 0xffff ? 2 : 1);
  }
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
  if (skipped === undefined || !text || !pattern) return 0n;
  const match = matches(text.slice(skipped), pattern)[Number(occurrence) - 1];
  if (!match) return 0n;
  const found = capturedBy(match);
  if (found === undefined) return 0n;
  const start = skipped + match.index! + (groupsOf(match) ? (match.indices?.[1]?.[0] ?? match.index!) - match.index! : 0);
  return BigInt(Array.from(text.slice(0, end ? start + found.length : start)).length + 1);
}

/** The highest group a replacement text names: \\0 to \\9 are groups, \\\\ is a backslash. */
function highestGroup(replacement: string): number {
  if (/\\(?:$|[^\d\\])/.test(replacement.replace(/\\[\d\\]/g, ''))) fail('Invalid REGEXP_REPLACE pattern: invalid rewrite pattern');
  return Math.max(0, ...[...replacement.matchAll(/\\([\d\\])/g)].map(([, key]) => (key === '\\' ? 0 : Number(key))));
}

function checkRewrite(pattern: string, replacement: string): string {
  const wanted = highestGroup(replacement);
  const { groups } = compile(pattern);
  if (wanted > groups)
    fail(
      `Invalid REGEXP_REPLACE pattern: Rewrite schema requests ${wanted} matches, but the regexp only has ${groups} parenthesized subexpressions.`,
    );
  return replacement;
}

/** RE2's global replacement: no empty match right behind another match. */
function replace(text: string, pattern: string, replacement: string): string {
  checkRewrite(pattern, replacement);
  let lastEnd = -1;
  return text.replace(compile(pattern).regExp, (whole: string, ...rest: unknown[]) => {
    const { groups } = compile(pattern);
    const at = rest[groups] as number;
    if (!whole && at === lastEnd) return '';
    lastEnd = at + whole.length;
    return replacement.replace(/\\([\d\\])/g, (_, key: string) =>
      key === '\\' ? key : key === '0' ? whole : String(rest[Number(key) - 1] ?? ''),
    );
  });
}

const latin = (bytes: Uint8Array): string => [...bytes].map((b) => String.fromCharCode(b)).join('');
const bytes = (text: string): Uint8Array => Uint8Array.from([...text].map((c) => c.charCodeAt(0)));
const BLOB2 = ['BLOB', 'BLOB'] as const;

export const regexpUdfs: readonly ScalarUdf[] = [
  { name: 'bq_regexp_extract', parameters: ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'], returns: 'VARCHAR', call: extract },
  { name: 'bq_regexp_extract_all', parameters: ['VARCHAR', 'VARCHAR'], returns: 'VARCHAR[]', call: extractAll },
  { name: 'bq_regexp_instr', parameters: ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT', 'BIGINT'], returns: 'BIGINT', call: instr },
  { name: 'bq_regexp_rewrite', parameters: ['VARCHAR', 'VARCHAR'], returns: 'VARCHAR', call: checkRewrite },
  {
    name: 'bq_regexp_match_bytes',
    parameters: BLOB2,
    returns: 'BOOLEAN',
    call: (b: Uint8Array, p: Uint8Array) => latin(b).search(compile(`\\A(?:${latin(p)})\\z`).regExp) >= 0,
  },
  {
    name: 'bq_regexp_contains_bytes',
    parameters: BLOB2,
    returns: 'BOOLEAN',
    call: (b: Uint8Array, p: Uint8Array) => latin(b).search(compile(latin(p)).regExp) >= 0,
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
