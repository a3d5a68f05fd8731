import type { LiteralValue } from '../analyze/resolved-tree.ts';
import { civilText } from '../functions/civil-time.ts';
import { formatDecimal } from '../functions/decimal.ts';
import type { SqlType } from '../types/sql-type.ts';
import { duckType } from './duck-type.ts';

/** A constant, always with its type: DuckDB would take 1 for INT32 and 1.5 for DECIMAL. */
export function literalSql(value: LiteralValue, type: SqlType): string {
  if (value === null) return `CAST(NULL AS ${duckType(type)})`;
  switch (type.kind) {
    case 'BOOL':
      return value ? 'TRUE' : 'FALSE';
    case 'INT64':
      return `CAST(${value === -(2n ** 63n) ? `'${value}'` : value} AS BIGINT)`;
    case 'FLOAT64':
      return `CAST('${floatText(value as number)}' AS DOUBLE)`;
    case 'NUMERIC':
      return `CAST('${formatDecimal(value as bigint, 'NUMERIC')}' AS DECIMAL(38,9))`;
    case 'BIGNUMERIC':
      return `CAST('${value}' AS BIGNUM)`;
    case 'BYTES':
      return `unhex('${[...(value as Uint8Array)].map((b) => b.toString(16).padStart(2, '0')).join('')}')`;
    case 'DATE':
      return `DATE '${value}'`;
    case 'DATETIME':
      return `TIMESTAMP '${value}'`;
    case 'TIME':
      return `TIME '${value}'`;
    case 'TIMESTAMP':
      return `TIMESTAMPTZ '${civilText(value as bigint)}+00'`;
    default:
      return stringSql(String(value));
  }
}

const floatText = (value: number): string =>
  Number.isNaN(value) ? 'nan' : Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : String(value)) : value > 0 ? 'inf' : '-inf';

/** A VARCHAR literal; DuckDB's literals cannot hold a zero byte. */
export function stringSql(text: string): string {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`;
}
