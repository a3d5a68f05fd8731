import { parseInstant } from '../../../shared/bundle/window/parse-instant.ts';

/** A day (`2027-01-31`: its beginning in UTC) or a moment with its zone. Throws with the remedy. */
export function toInstant(option: string, text: string): Date {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const moment = isDay || isMoment ? parseInstant(text) : undefined;
  if (moment !== undefined) return new Date(moment);
  throw new Error(`${option} ${text} is no date: write a day such as 2027-01-31, or a moment such as 2027-01-31T12:00:00Z.`);
}
