import { translateRe2 } from './re2-pattern.ts';
import { defineFunctions, type Emit, type EmitContext } from './signature.ts';

/** DuckDB matches with RE2, as BigQuery does; a literal pattern tells whether it captures. */
const literalPattern = (context: EmitContext): string | undefined => {
  const value = context.literal(1);
  return typeof value === 'string' ? value : undefined;
};

/** How many capturing groups a pattern has; one that is no pattern has none and is DuckDB's to refuse. */
export function groupCount(pattern: string): number {
  try {
    return translateRe2(pattern).groups;
  } catch {
    return 0;
  }
}

/** A group that a match may leave out: DuckDB gives an empty text for it where BigQuery gives NULL. */
const hasOptionalPart = (pattern: string): boolean => /[|?*]|\{0/.test(pattern.replace(/\\.|\(\?/gs, ''));

/** NULL where nothing matches: DuckDB would give an empty text. */
const extract: Emit = (args, context) => {
  const [text, pattern, position, occurrence] = args as [string, string, string?, string?];
  const literal = literalPattern(context);
  const isPlain = literal !== undefined && (groupCount(literal) === 0 || (groupCount(literal) === 1 && !hasOptionalPart(literal)));
  if (!isPlain || position !== undefined) {
    return `bq_regexp_extract(${text}, ${pattern}, ${position ?? 'CAST(1 AS BIGINT)'}, ${occurrence ?? 'CAST(1 AS BIGINT)'})`;
  }
  const group = groupCount(literal);
  const found = `regexp_extract(${text}, ${pattern}, ${group})`;
  // A second search only where an empty text may have been found.
  if (isNeverEmpty(group === 0 ? literal : groupText(literal))) return `nullif(${found}, '')`;
  return `coalesce(nullif(${found}, ''), CASE WHEN regexp_matches(${text}, ${pattern}) THEN '' END)`;
};

/** The text of a group without groups in it. */
const groupText = (pattern: string): string => /\((?!\?)((?:\\.|\[[^\]]*\]|[^()\\[])*)\)/s.exec(pattern)?.[1] ?? '';

/** Whether something is left of it without what only looks around. */
const isNeverEmpty = (pattern: string): boolean =>
  !hasOptionalPart(pattern) && !/\\[QE]/.test(pattern) && pattern.replace(/\\[bBAz]|\(\?[\w-]*:?|\{[\d,]*\}|[()^$+]/g, '') !== '';

/** A pattern that may match nothing: the two sides do not agree on how often it does. */
const mayBeEmpty = (pattern: string): boolean => /[*?|^$]|\{0|\\[bBAzQ]|\(\)/.test(pattern) || pattern === '';

/** A literal replacement that names no group needs no look. */
const replaceText: Emit = ([text, pattern, replacement], context) => {
  const literal = context.literal(2);
  const isPlain = typeof literal === 'string' && !literal.includes('\\');
  return `regexp_replace(${text}, ${pattern}, ${isPlain ? replacement : `bq_regexp_rewrite(${pattern}, ${replacement})`}, 'g')`;
};

const extractAll: Emit = ([text, pattern], context) => {
  const literal = literalPattern(context);
  if (literal === undefined || groupCount(literal) > 1 || mayBeEmpty(literal)) return `bq_regexp_extract_all(${text}, ${pattern})`;
  return `regexp_extract_all(${text}, ${pattern}, ${groupCount(literal)})`;
};

const instr =
  (suffix: string): Emit =>
  ([text, pattern, position, occurrence, end]) =>
    `bq_regexp_instr${suffix}(${text}, ${pattern}, ${[position ?? 'CAST(1 AS BIGINT)', occurrence ?? 'CAST(1 AS BIGINT)', end ?? 'CAST(0 AS BIGINT)'].join(', ')})`;

const extractBytes: Emit = ([bytes, pattern, position, occurrence]) =>
  `bq_regexp_extract_bytes(${bytes}, ${pattern}, ${position ?? 'CAST(1 AS BIGINT)'}, ${occurrence ?? 'CAST(1 AS BIGINT)'})`;

export const regexpFunctions = defineFunctions({
  'REGEXP_CONTAINS(STRING, STRING) -> BOOL': 'regexp_matches($1, $2)',
  'REGEXP_CONTAINS(BYTES, BYTES) -> BOOL': 'bq_regexp_contains_bytes($1, $2)',
  'REGEXP_MATCH(STRING, STRING) -> BOOL': 'regexp_full_match($1, $2)',
  'REGEXP_MATCH(BYTES, BYTES) -> BOOL': 'bq_regexp_match_bytes($1, $2)',
  'REGEXP_EXTRACT|REGEXP_SUBSTR(STRING, STRING, INT64?, INT64?) -> STRING': extract,
  'REGEXP_EXTRACT|REGEXP_SUBSTR(BYTES, BYTES, INT64?, INT64?) -> BYTES': extractBytes,
  'REGEXP_EXTRACT_ALL(STRING, STRING) -> ARRAY<STRING>': extractAll,
  'REGEXP_EXTRACT_ALL(BYTES, BYTES) -> ARRAY<BYTES>': 'bq_regexp_extract_all_bytes($1, $2)',
  'REGEXP_REPLACE(STRING, STRING, STRING) -> STRING': replaceText,
  'REGEXP_REPLACE(BYTES, BYTES, BYTES) -> BYTES': 'bq_regexp_replace_bytes($1, $2, $3)',
  'REGEXP_INSTR(STRING, STRING, INT64?, INT64?, INT64?) -> INT64': instr(''),
  'REGEXP_INSTR(BYTES, BYTES, INT64?, INT64?, INT64?) -> INT64': instr('_bytes'),
});
