import { castSql, timeOf } from '../generate/cast-sql.ts';
import { defaultZone } from '../generate/default-zone.ts';
import { localSql } from '../generate/zone-sql.ts';
import { STRING, TIME, TIMESTAMP } from '../types/sql-type.ts';
import { defineFunctions, type Emit } from './signature.ts';

/** Times wrap around at midnight, as DuckDB's do. */
const shift =
  (operator: '+' | '-'): Emit =>
  ([time, interval]) =>
    `(${time} ${operator} ${interval})`;

export const timeFunctions = defineFunctions({
  'TIME(INT64, INT64, INT64) -> TIME': (args) => timeOf(`bq_make_time(${args.join(', ')})`),
  'TIME(TIME) -> TIME': '$1',
  'TIME(DATETIME) -> TIME': 'CAST($1 AS TIME)',
  'TIME(TIMESTAMP, STRING?) -> TIME': ([value, zone]) => `CAST(${localSql(zone ?? defaultZone(), value!)} AS TIME)`,
  'TIME(STRING) -> TIME': ([text]) => castSql(castSql(text!, STRING, TIMESTAMP), TIMESTAMP, TIME),
  'TIME_ADD(TIME, INTERVAL) -> TIME': shift('+'),
  'TIME_SUB(TIME, INTERVAL) -> TIME': shift('-'),
});
