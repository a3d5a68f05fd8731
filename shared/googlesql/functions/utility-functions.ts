import { duckType } from '../generate/duck-type.ts';
import { stringSql } from '../generate/literal-sql.ts';
import { formatSql, jsonSql } from '../generate/value-text-sql.ts';
import { INT64, typeText } from '../types/sql-type.ts';
import { defineFunctions, type Emit } from './signature.ts';

/** FORMAT: the function gets each argument's type and its texts; what it does with them the pattern says. */
const format: Emit = ([pattern, ...args], { types }) => {
  const list = (items: readonly string[]): string => `CAST([${items.join(', ')}] AS VARCHAR[])`;
  const kinds = list(args.map((_, i) => stringSql(types[i + 1]!.kind)));
  const plain = list(args.map((sql, i) => `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${formatSql(sql, types[i + 1]!, false)} END`));
  const literals = list(args.map((sql, i) => formatSql(sql, types[i + 1]!, true)));
  return `bq_format(${pattern}, ${kinds}, ${plain}, ${literals})`;
};

export const utilityFunctions = defineFunctions({
  'ERROR(STRING) -> ANY': {
    emit: ([message], { returns }) => `CAST(bq_error(${message}) AS ${duckType(returns)})`,
    resultType: () => INT64,
  },
  'TYPEOF(ANY) -> STRING': (_args, { types }) => stringSql(typeText(types[0]!)),
  'GENERATE_UUID() -> STRING': 'CAST(uuid() AS VARCHAR)',
  'SESSION_USER() -> STRING': `coalesce(CAST(getvariable('session_user') AS VARCHAR), 'user@example.com')`,
  'FORMAT(STRING) -> STRING': format,
  'FORMAT(STRING, ANY...) -> STRING': format,
  'SEARCH(ANY, STRING, json_scope => STRING?, analyzer => STRING?) -> BOOL': ([data, query, scope, analyzer], { types }) =>
    `bq_search(${jsonSql(data!, types[0]!, 'keep')}, ${query}, ${analyzer ?? "'LOG_ANALYZER'"}, ${scope ?? "'JSON_VALUES'"})`,
  'TEXT_ANALYZE(STRING, analyzer => STRING?) -> ARRAY<STRING>': ([text, analyzer]) =>
    `bq_text_analyze(${text}, ${analyzer ?? "'LOG_ANALYZER'"})`,
  'CONTAINS_SUBSTR(ANY, STRING, json_scope => STRING?) -> BOOL': ([value, search], { types }) =>
    `bq_contains_substr(${jsonSql(value!, types[0]!, 'keep')}, ${search})`,
});
