// The time zone of what names none: @@time_zone. It is the same for a whole statement, whose analysis and translation never wait for anything, so that it
// need not be handed through every function.

export const UTC = "'UTC'";

let current = 'UTC';

/** Runs `work` with another default time zone. `work` must not be asynchronous. */
export function inTimeZone<Result>(zone: string, work: () => Result): Result {
  const before = current;
  current = zone;
  try {
    return work();
  } finally {
    current = before;
  }
}

export const defaultZoneName = (): string => current;

/** As a text of SQL. */
export const defaultZone = (): string => `'${current.replaceAll("'", "''")}'`;
