import { dateOf, datetimeOf, intervalOf, intervalParts, timestampOf } from '../generate/cast-sql.ts';
import { defineFunctions, type Emit } from './signature.ts';

const justified =
  (what: string): Emit =>
  ([interval]) =>
    intervalOf(`bq_interval_justify(${intervalParts(interval!)}, '${what}')`);

const zero = (sql: string | undefined): string => sql ?? 'CAST(0 AS BIGINT)';

const made: Emit = ([year, month, day, hour, minute, second]) =>
  intervalOf(
    `bq_interval_checked(${zero(year)} * 12 + ${zero(month)}, ${zero(day)}, ((${zero(hour)} * 60 + ${zero(minute)}) * 60 + ${zero(second)}) * 1000000)`,
  );

const ORIGIN = `epoch_us(TIMESTAMP '1950-01-01 00:00:00')`;
const bucket =
  (micros: (value: string) => string, back: (micros: string) => string): Emit =>
  ([value, width, origin]) =>
    back(`bq_time_bucket(${micros(value!)}, ${intervalParts(width!)}, ${origin === undefined ? ORIGIN : micros(origin)})`);

const dateMicros = (date: string): string => `epoch_us(CAST(${date} AS TIMESTAMP))`;
const stampMicros = (value: string): string => `epoch_us(${value})`;

export const intervalFunctions = defineFunctions({
  'MAKE_INTERVAL(year => INT64?, month => INT64?, day => INT64?, hour => INT64?, minute => INT64?, second => INT64?) -> INTERVAL': made,
  'JUSTIFY_DAYS(INTERVAL) -> INTERVAL': justified('days'),
  'JUSTIFY_HOURS(INTERVAL) -> INTERVAL': justified('hours'),
  'JUSTIFY_INTERVAL(INTERVAL) -> INTERVAL': justified('interval'),
  'DATE_BUCKET(DATE, INTERVAL, DATE?) -> DATE': bucket(dateMicros, (micros) => dateOf(`(${micros} // 86400000000)`)),
  'DATE_BUCKET|DATETIME_BUCKET(DATETIME, INTERVAL, DATETIME?) -> DATETIME': bucket(stampMicros, datetimeOf),
  'DATE_BUCKET|DATETIME_BUCKET|TIMESTAMP_BUCKET(TIMESTAMP, INTERVAL, TIMESTAMP?) -> TIMESTAMP': bucket(stampMicros, timestampOf),
});
