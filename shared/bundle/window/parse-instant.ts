const INSTANT =
  /^(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(?:Z|([+-](?:[01]\d|2[0-3])):?([0-5]\d))?)?$/i;

/**
 * An instant that a person wrote, as records write it. Without a zone it is UTC, wherever the person's machine stands: the answer to "was this time
 * covered?" must not depend on it. `undefined`: no instant, or a day that no calendar has.
 */
export function parseInstant(text: string): string | undefined {
  const [, day, minute = '00:00', second = '00', fraction = '', hours = '+00', minutes = '00'] = INSTANT.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return undefined;
  const at = new Date(`${day}T${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${hours}:${minutes}`).toISOString();
  return at.length === 24 ? at : undefined;
}

/** Of a record: whether the calendar has it. */
export const isInstant = (text: string): boolean => parseInstant(text) === text;

function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
