import type { SqlType, StructType } from '../types/sql-type.ts';
import { castSql, intervalParts } from './cast-sql.ts';
import { UTC } from './default-zone.ts';
import { fieldSql } from './field-sql.ts';
import { stringSql } from './literal-sql.ts';

const STRING: SqlType = { kind: 'STRING' };
const orNull = (sql: string, text: string): string => `CASE WHEN ${sql} IS NULL THEN 'null' ELSE ${text} END`;

/**
 * What becomes of numbers that a double cannot hold: they are kept; they become strings (TO_JSON with stringify_wide_numbers); they become strings, and
 * so do all fractions of decimals (TO_JSON_STRING).
 */
export type WideNumbers = 'keep' | 'quote' | 'text';

/** Compact JSON text of a value, `null` for NULL. */
export function jsonSql(sql: string, type: SqlType, wide: WideNumbers): string {
  switch (type.kind) {
    case 'INT64':
      return orNull(
        sql,
        wide !== 'keep'
          ? `CASE WHEN abs(CAST(${sql} AS HUGEINT)) > 9007199254740992 THEN '"' || CAST(${sql} AS VARCHAR) || '"' ELSE CAST(${sql} AS VARCHAR) END`
          : `CAST(${sql} AS VARCHAR)`,
      );
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return orNull(
        sql,
        wide === 'keep' ? castSql(sql, type, STRING) : `bq_json_decimal(${castSql(sql, type, STRING)}, ${wide === 'text'})`,
      );
    case 'BOOL':
      return orNull(sql, `CAST(${sql} AS VARCHAR)`);
    case 'FLOAT64':
      return orNull(sql, wide === 'keep' ? `bq_json_double_text(${sql})` : `bq_json_float_text(${sql})`);
    case 'JSON':
      return `coalesce(${sql}, 'null')`;
    case 'BYTES':
      return orNull(sql, `'"' || to_base64(${sql}) || '"'`);
    case 'DATETIME':
      return orNull(sql, `'"' || replace(${castSql(sql, type, STRING)}, ' ', 'T') || '"'`);
    case 'TIMESTAMP':
      return orNull(sql, `'"' || replace(replace(${castSql(sql, type, STRING, UTC)}, ' ', 'T'), '+00', 'Z') || '"'`);
    case 'INTERVAL':
      return orNull(sql, `'"' || bq_interval_iso(${intervalParts(sql)}) || '"'`);
    case 'ARRAY':
      return orNull(
        sql,
        `'[' || coalesce(array_to_string(list_transform(${sql}, lambda item: ${jsonSql('item', type.element, wide)}), ','), '') || ']'`,
      );
    case 'STRUCT':
      return orNull(sql, `'{' || ${structMembers(sql, type, wide)} || '}'`);
    case 'RANGE':
    case 'GEOGRAPHY':
    case 'DATE':
    case 'TIME':
    case 'STRING':
      return orNull(sql, `bq_json_quote(${castSql(sql, type, STRING)})`);
  }
}

function structMembers(sql: string, type: StructType, wide: WideNumbers): string {
  const members = type.fields.map(
    (field, i) => `${stringSql(`${JSON.stringify(field.name ?? '')}:`)} || ${jsonSql(fieldSql(sql, type, i), field.type, wide)}`,
  );
  return members.length ? members.join(` || ',' || `) : "''";
}

/** The text of `%t` (`isLiteral` false: as CAST prints it) and `%T` (as a literal of GoogleSQL); `NULL` for NULL. */
export function formatSql(sql: string, type: SqlType, isLiteral: boolean): string {
  const text = (inner: string): string => `CASE WHEN ${sql} IS NULL THEN 'NULL' ELSE ${inner} END`;
  const cast = (): string => castSql(sql, type, STRING);
  if (type.kind === 'ARRAY')
    return text(
      `'[' || coalesce(array_to_string(list_transform(${sql}, lambda item: ${formatSql('item', type.element, isLiteral)}), ', '), '') || ']'`,
    );
  if (type.kind === 'STRUCT') {
    const fields = type.fields.map((field, i) => formatSql(fieldSql(sql, type, i), field.type, isLiteral)).join(` || ', ' || `) || "''";
    return text(`${isLiteral && type.fields.length < 2 ? "'STRUCT('" : "'('"} || ${fields} || ')'`);
  }
  if (type.kind === 'JSON') return text(isLiteral ? `'JSON ' || bq_quote_literal(${sql})` : sql);
  if (type.kind === 'BYTES') return text(isLiteral ? `bq_bytes_literal(${sql})` : `bq_bytes_escaped(${sql})`);
  if (type.kind === 'FLOAT64' && !isLiteral) return text(`bq_float_plain(${sql})`);
  if (!isLiteral) return text(type.kind === 'STRING' ? sql : cast());
  switch (type.kind) {
    case 'STRING':
      return text(`bq_quote_literal(${sql})`);
    case 'FLOAT64':
      return text(`bq_float_literal(${sql})`);
    case 'INT64':
    case 'BOOL':
      return text(cast());
    case 'RANGE':
      return text(`'RANGE<${type.element.kind}> ' || bq_quote_literal(${cast()})`);
    case 'INTERVAL':
      return text(`'INTERVAL ' || bq_quote_literal(${cast()}) || ' YEAR TO SECOND'`);
    default:
      return text(`'${type.kind} ' || bq_quote_literal(${cast()})`);
  }
}
