import { concatTexts } from './concat-texts.ts';
import { defineFunctions, type Emit, type EmitContext } from './signature.ts';

/** A start position that is a literal above zero needs no arithmetic: SUBSTR counts 0 as 1 and negative ones from the end. */
const isPositive = (context: EmitContext, i: number): boolean => {
  const value = context.literal(i);
  return typeof value === 'bigint' && value > 0n && value < 1n << 31n;
};

const substring: Emit = (args, context) => {
  const [text, start, length] = args as [string, string, string?];
  const isLengthPlain = length === undefined || isPositive(context, 2) || context.literal(2) === 0n;
  if (!isPositive(context, 1) || !isLengthPlain) return `bq_substr(${text}, ${start}, ${length ?? 'CAST(9223372036854775807 AS BIGINT)'})`;
  return length === undefined ? `substring(${text}, ${start})` : `substring(${text}, ${start}, ${length})`;
};

const padded =
  (side: 'l' | 'r', suffix: string, blank: string): Emit =>
  ([text, length, pattern]) =>
    `bq_${side}pad${suffix}(${text}, ${length}, ${pattern ?? blank})`;

const instr =
  (suffix: string): Emit =>
  ([text, search, position, occurrence]) =>
    `bq_instr${suffix}(${text}, ${search}, ${position ?? 'CAST(1 AS BIGINT)'}, ${occurrence ?? 'CAST(1 AS BIGINT)'})`;

const WHITE_SPACE =
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';

/** Without characters Unicode white space goes. */
const trimmed =
  (duckFunction: string): Emit =>
  ([text, characters]) =>
    `${duckFunction}(${text}, ${characters ?? `'${WHITE_SPACE}'`})`;

/** DuckDB maps letters one to one, which is right for ASCII. */
const cased =
  (duckFunction: 'upper' | 'lower'): Emit =>
  ([text]) =>
    `CASE WHEN strlen(${text}) = length(${text}) THEN ${duckFunction}(${text}) ELSE bq_${duckFunction}(${text}) END`;

/** DuckDB's own where the count is a literal and not negative, which BigQuery refuses. */
const counted =
  (duckFunction: string, checked: string): Emit =>
  ([text, count], context) => {
    const value = context.literal(1);
    // Small enough that the text's own length is the limit.
    return typeof value === 'bigint' && value >= 0n && value <= 1000n
      ? `${duckFunction}(${text}, ${count})`
      : `${checked}(${text}, ${count})`;
  };

const split: Emit = ([text, delimiter], context) => {
  const value = context.literal(1);
  const isPlain = delimiter === undefined || (typeof value === 'string' && value !== '');
  return isPlain ? `string_split(${text}, ${delimiter ?? "','"})` : `bq_split(${text}, ${delimiter})`;
};

const BLANK = "unhex('20')";

export const stringFunctions = defineFunctions({
  'UPPER|UCASE(STRING) -> STRING': cased('upper'),
  'UPPER|UCASE(BYTES) -> BYTES': 'bq_upper_bytes($1)',
  'LOWER|LCASE(STRING) -> STRING': cased('lower'),
  'LOWER|LCASE(BYTES) -> BYTES': 'bq_lower_bytes($1)',
  'LENGTH(STRING) -> INT64': 'length($1)',
  'LENGTH(BYTES) -> INT64': 'octet_length($1)',
  'CHAR_LENGTH|CHARACTER_LENGTH(STRING) -> INT64': 'length($1)',
  'BYTE_LENGTH|OCTET_LENGTH(STRING) -> INT64': 'strlen($1)',
  'BYTE_LENGTH|OCTET_LENGTH(BYTES) -> INT64': 'octet_length($1)',
  'CONCAT(STRING, STRING...) -> STRING': (args) => `(${args.join(' || ')})`,
  'CONCAT(BYTES, BYTES...) -> BYTES': (args) => `(${args.join(' || ')})`,
  'CONCAT(CASTABLE, CASTABLE...) -> STRING': concatTexts,
  'SUBSTR|SUBSTRING(STRING, INT64, INT64?) -> STRING': substring,
  'SUBSTR|SUBSTRING(BYTES, INT64, INT64?) -> BYTES': ([bytes, start, length]) =>
    `bq_substr_bytes(${bytes}, ${start}, ${length ?? 'CAST(9223372036854775807 AS BIGINT)'})`,
  'LEFT(STRING, INT64) -> STRING': counted('left', 'bq_left'),
  'LEFT(BYTES, INT64) -> BYTES': 'bq_left_bytes($1, $2)',
  'RIGHT(STRING, INT64) -> STRING': counted('right', 'bq_right'),
  'RIGHT(BYTES, INT64) -> BYTES': 'bq_right_bytes($1, $2)',
  'LPAD(STRING, INT64, STRING?) -> STRING': padded('l', '', "' '"),
  'LPAD(BYTES, INT64, BYTES?) -> BYTES': padded('l', '_bytes', BLANK),
  'RPAD(STRING, INT64, STRING?) -> STRING': padded('r', '', "' '"),
  'RPAD(BYTES, INT64, BYTES?) -> BYTES': padded('r', '_bytes', BLANK),
  'TRIM(STRING, STRING?) -> STRING': trimmed('trim'),
  'LTRIM(STRING, STRING?) -> STRING': trimmed('ltrim'),
  'RTRIM(STRING, STRING?) -> STRING': trimmed('rtrim'),
  'TRIM(BYTES, BYTES) -> BYTES': `bq_trim_bytes($1, $2, 'both')`,
  'LTRIM(BYTES, BYTES) -> BYTES': `bq_trim_bytes($1, $2, 'left')`,
  'RTRIM(BYTES, BYTES) -> BYTES': `bq_trim_bytes($1, $2, 'right')`,
  'REPEAT(STRING, INT64) -> STRING': counted('repeat', 'bq_repeat'),
  'REPEAT(BYTES, INT64) -> BYTES': 'bq_repeat_bytes($1, $2)',
  'REVERSE(STRING) -> STRING': 'bq_reverse($1)',
  'REVERSE(BYTES) -> BYTES': 'bq_reverse_bytes($1)',
  'REPLACE(STRING, STRING, STRING) -> STRING': `CASE WHEN $2 = '' THEN $1 ELSE replace($1, $2, $3) END`,
  'REPLACE(BYTES, BYTES, BYTES) -> BYTES': 'bq_replace_bytes($1, $2, $3)',
  'STARTS_WITH(STRING, STRING) -> BOOL': 'starts_with($1, $2)',
  'STARTS_WITH(BYTES, BYTES) -> BOOL': 'bq_starts_with_bytes($1, $2)',
  'ENDS_WITH(STRING, STRING) -> BOOL': 'ends_with($1, $2)',
  'ENDS_WITH(BYTES, BYTES) -> BOOL': 'bq_ends_with_bytes($1, $2)',
  'STRPOS(STRING, STRING) -> INT64': 'strpos($1, $2)',
  'STRPOS(BYTES, BYTES) -> INT64': 'bq_strpos_bytes($1, $2)',
  'INSTR(STRING, STRING, INT64?, INT64?) -> INT64': instr(''),
  'INSTR(BYTES, BYTES, INT64?, INT64?) -> INT64': instr('_bytes'),
  'SPLIT(STRING, STRING?) -> ARRAY<STRING>': split,
  'SPLIT(BYTES, BYTES) -> ARRAY<BYTES>': 'bq_split_bytes($1, $2)',
  'SPLIT_SUBSTR(STRING, STRING, INT64, INT64?) -> STRING': ([text, delimiter, start, count]) =>
    `bq_split_substr(${text}, ${delimiter}, ${start}, ${count ?? 'CAST(9223372036854775807 AS BIGINT)'})`,
  'TRANSLATE(STRING, STRING, STRING) -> STRING': 'bq_translate($1, $2, $3)',
  'TRANSLATE(BYTES, BYTES, BYTES) -> BYTES': 'bq_translate_bytes($1, $2, $3)',
  'INITCAP(STRING, STRING?) -> STRING': ([text, delimiters]) =>
    delimiters === undefined ? `bq_initcap(${text})` : `bq_initcap_by(${text}, ${delimiters})`,
  'SOUNDEX(STRING) -> STRING': 'bq_soundex($1)',
  'ASCII(STRING) -> INT64': 'bq_ascii($1)',
  'ASCII(BYTES) -> INT64': 'bq_ascii_bytes($1)',
  'UNICODE(STRING) -> INT64': `CASE WHEN $1 = '' THEN CAST(0 AS BIGINT) ELSE CAST(unicode($1) AS BIGINT) END`,
  'CHR(INT64) -> STRING': 'bq_chr($1)',
  'TO_CODE_POINTS(STRING) -> ARRAY<INT64>': 'bq_to_code_points($1)',
  'TO_CODE_POINTS(BYTES) -> ARRAY<INT64>': 'bq_to_code_points_bytes($1)',
  'CODE_POINTS_TO_STRING(ARRAY<INT64>) -> STRING': 'bq_code_points_to_string($1)',
  'CODE_POINTS_TO_BYTES(ARRAY<INT64>) -> BYTES': 'bq_code_points_to_bytes($1)',
  'NORMALIZE(STRING, KEYWORD?) -> STRING': ([text, mode]) => `bq_normalize(${text}, ${mode ?? "'NFC'"}, FALSE)`,
  'NORMALIZE_AND_CASEFOLD(STRING, KEYWORD?) -> STRING': ([text, mode]) => `bq_normalize(${text}, ${mode ?? "'NFC'"}, TRUE)`,
  'TO_HEX(BYTES) -> STRING': 'lower(hex($1))',
  'FROM_HEX(STRING) -> BYTES': 'bq_from_hex($1)',
  'TO_BASE64(BYTES) -> STRING': 'to_base64($1)',
  'FROM_BASE64(STRING) -> BYTES': 'bq_from_base64($1)',
  'TO_BASE32(BYTES) -> STRING': 'bq_to_base32($1)',
  'FROM_BASE32(STRING) -> BYTES': 'bq_from_base32($1)',
  'SAFE_CONVERT_BYTES_TO_STRING(BYTES) -> STRING': 'bq_bytes_text_lossy($1)',
  'EDIT_DISTANCE(STRING, STRING, max_distance => INT64?) -> INT64': ([a, b, most]) =>
    `bq_edit_distance(${a}, ${b}, ${most ?? 'CAST(9223372036854775807 AS BIGINT)'})`,
  'EDIT_DISTANCE(BYTES, BYTES, max_distance => INT64?) -> INT64': ([a, b, most]) =>
    `bq_edit_distance_bytes(${a}, ${b}, ${most ?? 'CAST(9223372036854775807 AS BIGINT)'})`,
  'COLLATE(STRING, STRING) -> STRING': '$1',
});
