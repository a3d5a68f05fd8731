import { jsonSql } from '../generate/value-text-sql.ts';
import type { SqlType } from '../types/sql-type.ts';
import { type Definition, defineFunctions, type Emit, type EmitContext } from './signature.ts';

/** `$.a.b` and such, where DuckDB's own extraction reads the same. */
const PLAIN_PATH = /^\$(\.[A-Za-z_]\w*)+$/;

const path = (sql: string | undefined): string => sql ?? "'$'";

/** What may be an object, an array or a number that DuckDB writes in its own way. */
const ODD_TEXT = `'^(?:[\\[{]|-?\\d+[.eE]|-?\\d{18})'`;

/** The text a path leads to; scalars only. DuckDB's extraction where the path is plain and it finds a plain text. */
const scalar =
  (isLegacy: boolean): Emit =>
  ([json, at], context) => {
    const literal = context.literal(1);
    const slow = `bq_json_value(${json}, ${path(at)}, ${isLegacy})`;
    if (typeof literal !== 'string' || !PLAIN_PATH.test(literal)) return slow;
    const fast = `TRY(json_extract_string(${json}, ${at}))`;
    return `CASE WHEN ${fast} IS NULL OR regexp_matches(${fast}, ${ODD_TEXT}) THEN ${slow} ELSE ${fast} END`;
  };

/** A JSON null that is found in a STRING is SQL's NULL. */
const query =
  (isLegacy: boolean): Emit =>
  ([json, at], { types }) => {
    const found = `bq_json_query(${json}, ${path(at)}, ${isLegacy}, ${types[0]?.kind === 'STRING'})`;
    return types[0]?.kind === 'STRING' ? `nullif(${found}, 'null')` : found;
  };
const queryArray =
  (isLegacy: boolean): Emit =>
  ([json, at], { types }) =>
    `bq_json_query_array(${json}, ${path(at)}, ${isLegacy}, ${types[0]?.kind === 'STRING'})`;
const valueArray =
  (isLegacy: boolean): Emit =>
  ([json, at]) =>
    `bq_json_value_array(${json}, ${path(at)}, ${isLegacy})`;

const isTrue = (sql: string | undefined): string => sql ?? 'FALSE';

const toJson: Emit = ([value, widens], { types }) => {
  const plain = jsonSql(value!, types[0]!, 'keep');
  if (widens === undefined) return `bq_parse_json(${plain}, 'round')`;
  return `bq_parse_json(CASE WHEN ${widens} THEN ${jsonSql(value!, types[0]!, 'quote')} ELSE ${plain} END, 'round')`;
};

const toJsonString: Emit = ([value, pretty], { types }) => {
  const text = jsonSql(value!, types[0]!, 'text');
  return pretty === undefined ? text : `CASE WHEN ${pretty} THEN bq_json_pretty(${text}) ELSE ${text} END`;
};

/** Path and value in turn as one list of texts. */
const pairs = (args: readonly string[], context: EmitContext, from: number): string => {
  const items: string[] = [];
  for (let i = from; i + 1 < args.length; i += 2) items.push(args[i]!, jsonSql(args[i + 1]!, context.types[i + 1]!, 'keep'));
  return `CAST([${items.join(', ')}] AS VARCHAR[])`;
};

/** JSON_SET and kin; the flag is a named argument behind the pairs. */
const editing =
  (call: string, flag: string): Emit =>
  (args, context) => {
    const hasFlag = args.length % 2 === 0;
    const flagSql = hasFlag ? args.at(-1)! : flag;
    return `${call}(${args[0]}, ${pairs(hasFlag ? args.slice(0, -1) : args, context, 1)}, ${flagSql})`;
  };

const object: Emit = (args, context) => {
  const names: string[] = [];
  const values: string[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) {
    names.push(args[i]!);
    values.push(jsonSql(args[i + 1]!, context.types[i + 1]!, 'keep'));
  }
  return `bq_json_object(CAST([${names.join(', ')}] AS VARCHAR[]), CAST([${values.join(', ')}] AS VARCHAR[]))`;
};

const objectOfArrays: Emit = ([names, values], { types }) => {
  const element = (types[1] as SqlType & { kind: 'ARRAY' }).element;
  return `bq_json_object(${names}, list_transform(${values}, lambda entry: ${jsonSql('entry', element, 'keep')}))`;
};

const array: Emit = (args, { types }) => `('[' || ${args.map((a, i) => jsonSql(a, types[i]!, 'keep')).join(` || ',' || `) || "''"} || ']')`;

const both = (name: string, json: Emit): Record<string, Definition> => ({
  [`${name}(JSON, STRING?) -> JSON`]: json,
  [`${name}(STRING, STRING?) -> STRING`]: json,
});
const texts = (name: string, emit: Emit, result: string): Record<string, Definition> => ({
  [`${name}(JSON, STRING?) -> ${result}`]: emit,
  [`${name}(STRING, STRING?) -> ${result}`]: emit,
});

const mode = (sql: string | undefined): string => sql ?? "'round'";

/** Integers of all widths are INT64 here, but their ranges are kept. */
const integers = (name: string): Record<string, Definition> => ({
  [`${name}(JSON) -> INT64`]: `bq_json_int($1, '${name}')`,
  [`${name}_ARRAY(JSON) -> ARRAY<INT64>`]: `bq_json_int_array($1, '${name}')`,
  [`LAX_${name}(JSON) -> INT64`]: `bq_lax_int($1, '${name}')`,
  [`LAX_${name}_ARRAY(JSON) -> ARRAY<INT64>`]: `bq_lax_int_array($1, '${name}')`,
});

/** Strict and lax conversions, of values and arrays. */
const converters = (names: readonly string[], type: string, suffix: string): Record<string, Definition> =>
  Object.fromEntries(
    names.flatMap((name): [string, Definition][] => [
      [`${name}(JSON) -> ${type}`, `bq_json_${suffix}($1)`],
      [`${name}_ARRAY(JSON) -> ARRAY<${type}>`, `bq_json_${suffix}_array($1)`],
      [`LAX_${name}(JSON) -> ${type}`, `bq_lax_${suffix}($1)`],
      [`LAX_${name}_ARRAY(JSON) -> ARRAY<${type}>`, `bq_lax_${suffix}_array($1)`],
    ]),
  );

const floatsOf = (names: readonly string[], suffix: 'float' | 'single'): Record<string, Definition> =>
  Object.fromEntries(
    names.flatMap((name): [string, Definition][] => [
      [`${name}(JSON, wide_number_mode => STRING?) -> FLOAT64`, ([json, how]) => `bq_json_${suffix}(${json}, ${mode(how)})`],
      [
        `${name}_ARRAY(JSON, wide_number_mode => STRING?) -> ARRAY<FLOAT64>`,
        ([json, how]) => `bq_json_${suffix}_array(${json}, ${mode(how)})`,
      ],
      [`LAX_${name}(JSON) -> FLOAT64`, `bq_lax_${suffix}($1)`],
      [`LAX_${name}_ARRAY(JSON) -> ARRAY<FLOAT64>`, `bq_lax_${suffix}_array($1)`],
    ]),
  );

/** FLOAT and FLOAT32 round to single precision; there is no such type here. */
const floats = { ...floatsOf(['FLOAT64', 'DOUBLE'], 'float'), ...floatsOf(['FLOAT', 'FLOAT32'], 'single') };

export const jsonFunctions = defineFunctions({
  'PARSE_JSON(STRING, wide_number_mode => STRING?) -> JSON': ([text, how]) => `bq_parse_json(${text}, ${how ?? "'exact'"})`,
  'TO_JSON(ANY, stringify_wide_numbers => BOOL?) -> JSON': toJson,
  'TO_JSON_STRING(ANY, BOOL?) -> STRING': toJsonString,
  ...both('JSON_QUERY', query(false)),
  ...both('JSON_EXTRACT', query(true)),
  ...texts('JSON_VALUE', scalar(false), 'STRING'),
  ...texts('JSON_EXTRACT_SCALAR', scalar(true), 'STRING'),
  'JSON_QUERY_ARRAY(JSON, STRING?) -> ARRAY<JSON>': queryArray(false),
  'JSON_QUERY_ARRAY(STRING, STRING?) -> ARRAY<STRING>': queryArray(false),
  'JSON_EXTRACT_ARRAY(JSON, STRING?) -> ARRAY<JSON>': queryArray(true),
  'JSON_EXTRACT_ARRAY(STRING, STRING?) -> ARRAY<STRING>': queryArray(true),
  ...texts('JSON_VALUE_ARRAY', valueArray(false), 'ARRAY<STRING>'),
  ...texts('JSON_EXTRACT_STRING_ARRAY', valueArray(true), 'ARRAY<STRING>'),
  'JSON_TYPE(JSON) -> STRING': 'bq_json_type($1)',
  ...converters(['BOOL'], 'BOOL', 'bool'),
  ...integers('INT64'),
  ...integers('INT32'),
  ...integers('UINT32'),
  ...integers('UINT64'),
  ...converters(['STRING'], 'STRING', 'string'),
  ...floats,
  'JSON_ARRAY(ANY...) -> JSON': array,
  'JSON_ARRAY() -> JSON': `'[]'`,
  'JSON_OBJECT() -> JSON': `'{}'`,
  'JSON_OBJECT(ARRAY<STRING>, ARRAY<T>) -> JSON': objectOfArrays,
  'JSON_OBJECT(STRING..., ANY...) -> JSON': object,
  'JSON_SET(JSON, STRING, ANY, STRING, ANY, STRING, ANY, create_if_missing => BOOL?) -> JSON': editing('bq_json_set', 'TRUE'),
  'JSON_SET(JSON, STRING, ANY, STRING, ANY, create_if_missing => BOOL?) -> JSON': editing('bq_json_set', 'TRUE'),
  'JSON_SET(JSON, STRING, ANY, create_if_missing => BOOL?) -> JSON': editing('bq_json_set', 'TRUE'),
  'JSON_SET(JSON, STRING..., ANY...) -> JSON': editing('bq_json_set', 'TRUE'),
  'JSON_ARRAY_INSERT(JSON, STRING, ANY, STRING, ANY, STRING, ANY, insert_each_element => BOOL?) -> JSON': editing('bq_json_insert', 'TRUE'),
  'JSON_ARRAY_INSERT(JSON, STRING, ANY, STRING, ANY, insert_each_element => BOOL?) -> JSON': editing('bq_json_insert', 'TRUE'),
  'JSON_ARRAY_INSERT(JSON, STRING, ANY, insert_each_element => BOOL?) -> JSON': editing('bq_json_insert', 'TRUE'),
  'JSON_ARRAY_INSERT(JSON, STRING..., ANY...) -> JSON': editing('bq_json_insert', 'TRUE'),
  'JSON_ARRAY_APPEND(JSON, STRING, ANY, STRING, ANY, STRING, ANY, append_each_element => BOOL?) -> JSON': editing('bq_json_append', 'TRUE'),
  'JSON_ARRAY_APPEND(JSON, STRING, ANY, STRING, ANY, append_each_element => BOOL?) -> JSON': editing('bq_json_append', 'TRUE'),
  'JSON_ARRAY_APPEND(JSON, STRING, ANY, append_each_element => BOOL?) -> JSON': editing('bq_json_append', 'TRUE'),
  'JSON_ARRAY_APPEND(JSON, STRING..., ANY...) -> JSON': editing('bq_json_append', 'TRUE'),
  'JSON_REMOVE(JSON, STRING...) -> JSON': ([json, ...paths]) => `bq_json_remove(${json}, CAST([${paths.join(', ')}] AS VARCHAR[]))`,
  'JSON_STRIP_NULLS(JSON, STRING?, include_arrays => BOOL?, remove_empty => BOOL?) -> JSON': ([json, at, arrays, empty]) =>
    `bq_json_strip_nulls(${json}, ${path(at)}, ${arrays ?? 'TRUE'}, ${isTrue(empty)})`,
  'JSON_KEYS(JSON, INT64?, mode => STRING?) -> ARRAY<STRING>': ([json, depth, how]) =>
    `bq_json_keys(${json}, ${depth ?? 'CAST(1000 AS BIGINT)'}, lower(${how ?? "'strict'"}))`,
  'JSON_CONTAINS(JSON, JSON) -> BOOL': 'bq_json_contains($1, $2)',
  'JSON_FLATTEN(JSON) -> ARRAY<JSON>': 'bq_json_flatten($1)',
});
