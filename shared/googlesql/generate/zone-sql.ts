import { fixedOffset } from '../functions/time-zone.ts';

/** DuckDB knows zones by name only: offsets such as `'+08:00'` are added here. */
const offsetOf = (zone: string): bigint | undefined => {
  const text = /^'([^']*)'$/.exec(zone)?.[1];
  return text === undefined ? undefined : fixedOffset(text);
};

const isLiteral = (zone: string): boolean => zone.startsWith("'");

/** The local time (TIMESTAMP) of an instant (TIMESTAMPTZ) in a zone. */
export function localSql(zone: string, instant: string): string {
  const offset = offsetOf(zone);
  if (offset !== undefined && offset !== 0n) return `(timezone('UTC', ${instant}) + to_microseconds(${offset}))`;
  if (isLiteral(zone)) return `timezone(${offset === 0n ? "'UTC'" : zone}, ${instant})`;
  return `CASE WHEN bq_zone_offset(${zone}) IS NULL THEN timezone(${zone}, ${instant}) ELSE timezone('UTC', ${instant}) + to_microseconds(bq_zone_offset(${zone})) END`;
}

/** The instant (TIMESTAMPTZ) of a local time (TIMESTAMP) in a zone. */
export function instantSql(zone: string, local: string): string {
  const offset = offsetOf(zone);
  if (offset !== undefined && offset !== 0n) return `timezone('UTC', ${local} - to_microseconds(${offset}))`;
  if (isLiteral(zone)) return `timezone(${offset === 0n ? "'UTC'" : zone}, ${local})`;
  return `CASE WHEN bq_zone_offset(${zone}) IS NULL THEN timezone(${zone}, ${local}) ELSE timezone('UTC', ${local} - to_microseconds(bq_zone_offset(${zone}))) END`;
}
