import type { SqlType } from '../types/sql-type.ts';
import { castSql, dateOf, datetimeOf, timeMicros, timeOf, timestampOf } from './cast-sql.ts';
import { localSql } from './zone-sql.ts';

/** `CAST(x AS y FORMAT f)`: through the format model functions, which see dates and times as microseconds. */
export function castWithFormat(sql: string, from: SqlType, to: SqlType, format: string, zone: string): string {
  if (to.kind === 'STRING') return formatted(sql, from, format, zone);
  if (from.kind === 'STRING') return parsedWithFormat(sql, to, format, zone);
  throw new Error(`CAST with FORMAT from ${from.kind} to ${to.kind}`);
}

function formatted(sql: string, from: SqlType, format: string, zone: string): string {
  switch (from.kind) {
    case 'DATE':
      return `bq_format_model(epoch_us(CAST(${sql} AS TIMESTAMP)), ${format}, 'DATE', CAST(0 AS BIGINT))`;
    case 'DATETIME':
      return `bq_format_model(epoch_us(${sql}), ${format}, 'DATETIME', CAST(0 AS BIGINT))`;
    case 'TIME':
      return `bq_format_model(${timeMicros(sql)}, ${format}, 'TIME', CAST(0 AS BIGINT))`;
    case 'TIMESTAMP': {
      const local = `epoch_us(${localSql(zone, sql)})`;
      return `bq_format_model(${local}, ${format}, 'TIMESTAMP', ${local} - epoch_us(${sql}))`;
    }
    case 'INT64':
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return `bq_format_number(${castSql(sql, from, { kind: 'STRING' })}, ${format})`;
    case 'FLOAT64':
      return `bq_format_float(${sql}, ${format})`;
    case 'BYTES':
      return `bq_bytes_to_format(${sql}, ${format})`;
    default:
      throw new Error(`CAST of ${from.kind} with FORMAT`);
  }
}

function parsedWithFormat(sql: string, to: SqlType, format: string, zone: string): string {
  const micros = `bq_parse_model(${sql}, ${format}, '${to.kind}', epoch_us(now()), ${zone})`;
  switch (to.kind) {
    case 'DATE':
      return dateOf(`(${micros} // 86400000000)`);
    case 'DATETIME':
      return datetimeOf(micros);
    case 'TIME':
      return timeOf(micros);
    case 'TIMESTAMP':
      return timestampOf(micros);
    case 'BYTES':
      return `bq_bytes_from_format(${sql}, ${format})`;
    default:
      throw new Error(`CAST with FORMAT from STRING to ${to.kind}`);
  }
}
