import type { TypeLimits } from '../analyze/resolved-tree.ts';
import { type SqlType, typeText } from '../types/sql-type.ts';
import { errorSql } from './cast-sql.ts';

/** Holds a value to its parameterised type: STRING(n) too long is an error, NUMERIC(p, s) is rounded to its scale, then too large is one. */
export function limitSql(sql: string, type: SqlType, limits: TypeLimits): string {
  if (limits.maxLength !== undefined) {
    const length = type.kind === 'BYTES' ? `octet_length(${sql})` : `length(${sql})`;
    const message = `'maximum length ${limits.maxLength} exceeded for ${typeText(type)}'`;
    return `CASE WHEN ${length} > ${limits.maxLength} THEN ${errorSql(message, type)} ELSE ${sql} END`;
  }
  if (limits.precision === undefined) return sql;
  const scale = limits.scale ?? 0;
  if (type.kind === 'BIGNUMERIC') return `bq_limit_bignumeric(${sql}, ${limits.precision}, ${scale})`;
  const rounded = `CAST(round(${sql}, ${scale}) AS DECIMAL(38,9))`;
  const message = `'Value exceeds NUMERIC(${limits.precision}, ${scale}) range'`;
  return `CASE WHEN abs(${rounded}) >= CAST('1${'0'.repeat(limits.precision - scale)}' AS DECIMAL(38,9)) THEN ${errorSql(message, type)} ELSE ${rounded} END`;
}
