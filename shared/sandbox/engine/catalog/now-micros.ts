let origin = performance.timeOrigin;

/**
 * Epoch microseconds, never going back while the clock is not set: DuckDB's CURRENT_TIMESTAMP is as fine, and a time read in one statement must lie before the
 * change that the next one makes.
 */
export function nowMicros(): number {
  const drift = Date.now() - (origin + performance.now());
  if (Math.abs(drift) > 5) origin += drift;
  return Math.floor((origin + performance.now()) * 1000);
}
