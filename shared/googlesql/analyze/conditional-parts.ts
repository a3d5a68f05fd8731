import type { ResolvedExpression } from './resolved-tree.ts';

/** The places of a call's arguments that are computed only where another argument says so; undefined for calls that compute all. */
export function conditionalPlaces(call: ResolvedExpression): ReadonlySet<number> | undefined {
  if (call.kind !== 'call') return undefined;
  const places = call.arguments.map((_, i) => i);
  if (call.name === 'IF' || call.name === 'CASE' || call.name === 'COALESCE' || call.name === 'IFNULL') return new Set(places.slice(1));
  return undefined;
}
