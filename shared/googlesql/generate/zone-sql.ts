import { fixedOffset } from '../functions/time-zone.ts';

// DuckDB converts between TIMESTAMPTZ and TIMESTAMP through ICU, also for UTC, which costs twenty times the arithmetic below.

/** The UTC time (TIMESTAMP) of an instant (TIMESTAMPTZ), and back. */
export const utcSql = (instant: string): string => `make_timestamp(epoch_us(${instant}))`;
export const instantOfUtcSql = (local: string): string => `make_timestamptz(epoch_us(${local}))`;

/** DuckDB knows zones by name only: offsets such as `'+08:00'` are added here. */
const offsetOf = (zone: string): bigint | undefined => {
  const text = /^'([^']*)'$/.exec(zone)?.[1];
  return text === undefined ? undefined : fixedOffset(text);
};

const isLiteral = (zone: string): boolean => zone.startsWith("'");

/** The local time (TIMESTAMP) of an instant in a zone. */
export function localSql(zone: string, instant: string): string {
  const offset = offsetOf(zone);
  if (offset !== undefined) return offset === 0n ? utcSql(instant) : `(${utcSql(instant)} + to_microseconds(${offset}))`;
  if (isLiteral(zone)) return `timezone(${zone}, ${instant})`;
  return `CASE WHEN bq_zone_offset(${zone}) IS NULL THEN timezone(${zone}, ${instant}) ELSE ${utcSql(instant)} + to_microseconds(bq_zone_offset(${zone})) END`;
}

/** The instant of a local time in a zone. */
export function instantSql(zone: string, local: string): string {
  const offset = offsetOf(zone);
  if (offset !== undefined) return instantOfUtcSql(offset === 0n ? local : `(${local} - to_microseconds(${offset}))`);
  if (isLiteral(zone)) return `timezone(${zone}, ${local})`;
  return `CASE WHEN bq_zone_offset(${zone}) IS NULL THEN timezone(${zone}, ${local}) ELSE ${instantOfUtcSql(`${local} - to_microseconds(bq_zone_offset(${zone}))`)} END`;
}
