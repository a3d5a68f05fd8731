import { BigQueryError } from '../../bigquery/error-envelope.ts';
import type { MethodMatch } from '../../bigquery/match-method.ts';
import { commonParameters } from '../../bigquery/surface.ts';

const invalidValue = (name: string, value: string): BigQueryError =>
  new BigQueryError({
    reason: 'invalidParameter',
    message: `Invalid value at '${name}': "${value}"`,
    location: name,
    locationType: 'parameter',
  });

/** A count or a time in ms, from a query string or a JSON body (clients send both numbers and their text). */
export function parseCount(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0) throw invalidValue(name, String(value));
  return count;
}

export function parseRowIndex(name: string, value: string | null): bigint | undefined {
  if (value === null || value === '') return undefined;
  if (!/^\d{1,19}$/.test(value)) throw invalidValue(name, value);
  return BigInt(value);
}

/** Python sends `True`. */
export function parseFlag(name: string, value: unknown): boolean | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const text = String(value).toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw invalidValue(name, String(value));
}

export const countParameter = (query: URLSearchParams, name: string): number | undefined => parseCount(name, query.get(name));
export const flagParameter = (query: URLSearchParams, name: string): boolean => parseFlag(name, query.get(name)) ?? false;
export const textParameter = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined;

/** One of an enumeration's names, as they are spelled; undefined where the client chose none, or the `…_UNSPECIFIED` one. */
export function enumParameter<Name extends string>(query: URLSearchParams, name: string, names: readonly Name[]): Name | undefined {
  const value = query.get(name);
  if (value === null || value === '' || value.endsWith('_UNSPECIFIED')) return undefined;
  const found = names.find((each) => each === value.toUpperCase());
  if (found === undefined) throw invalidValue(name, value);
  return found;
}

/** Throws for a parameter that the method does not have, in Google's words. */
export function checkParameters({ method, query }: MethodMatch): void {
  const unknown = [...query.keys()].find((name) => ![...method.query, ...commonParameters].some((each) => each.name === name));
  if (unknown === undefined) return;
  throw new BigQueryError({
    reason: 'badRequest',
    message: `Invalid JSON payload received. Unknown name "${unknown}": Cannot bind query parameter. Field '${unknown}' could not be found in request message.`,
    location: unknown,
    locationType: 'parameter',
  });
}
