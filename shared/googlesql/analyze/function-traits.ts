// What may be written with a call of an aggregate or analytic function, by name. Source: Google's reference, "Aggregate function calls",
// "Window function calls" and the pages of the functions.

const named = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Take ORDER BY and LIMIT among their arguments. */
export const ORDERS_ARGUMENTS = named('ARRAY_AGG STRING_AGG ARRAY_CONCAT_AGG');

/** Take IGNORE NULLS and RESPECT NULLS. */
export const HANDLES_NULLS = named(
  'ARRAY_AGG APPROX_QUANTILES PERCENTILE_CONT PERCENTILE_DISC FIRST_VALUE LAST_VALUE NTH_VALUE ANY_VALUE ARRAY_CONCAT_AGG STRING_AGG',
);

/** Refuse DISTINCT. */
export const NEVER_DISTINCT = named('CORR COVAR_POP COVAR_SAMP APPROX_TOP_SUM MAX_BY MIN_BY PERCENTILE_CONT PERCENTILE_DISC');

export const NEEDS_WINDOW_ORDER = named('RANK DENSE_RANK PERCENT_RANK CUME_DIST NTILE LEAD LAG FIRST_VALUE LAST_VALUE NTH_VALUE');
export const REFUSES_WINDOW_ORDER = named('PERCENTILE_CONT PERCENTILE_DISC');
export const REFUSES_FRAME = named('ROW_NUMBER RANK DENSE_RANK PERCENT_RANK CUME_DIST NTILE LEAD LAG PERCENTILE_CONT PERCENTILE_DISC');

/** An argument that is the same for all rows: a literal or a query parameter within bounds. `index` counts from zero. */
export type ConstantArgument = { readonly index: number; readonly least?: number; readonly most?: number; readonly mayBeNull?: boolean };

export const CONSTANT_ARGUMENTS: Readonly<Record<string, ConstantArgument>> = {
  STRING_AGG: { index: 1 },
  APPROX_QUANTILES: { index: 1, least: 1, most: 100_000 },
  APPROX_TOP_COUNT: { index: 1, least: 1, most: 100_000 },
  APPROX_TOP_SUM: { index: 2, least: 1, most: 100_000 },
  NTILE: { index: 0, least: 1 },
  NTH_VALUE: { index: 1, least: 1 },
  LAG: { index: 1, least: 0 },
  LEAD: { index: 1, least: 0 },
  PERCENTILE_CONT: { index: 1, least: 0, most: 1 },
  PERCENTILE_DISC: { index: 1, least: 0, most: 1 },
  'HLL_COUNT.INIT': { index: 1, least: 10, most: 24 },
  'KLL_QUANTILES.INIT_INT64': { index: 1, least: 1, most: 100_000, mayBeNull: true },
  'KLL_QUANTILES.INIT_FLOAT64': { index: 1, least: 1, most: 100_000, mayBeNull: true },
};
