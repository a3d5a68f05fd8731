import { sortSql } from '../generate/sort-sql.ts';
import { defineFunctions, type Emit, type EmitContext } from './signature.ts';

// PERCENTILE_CONT and PERCENTILE_DISC read the sorted list of the group's values at exact places. DuckDB makes the list once per partition, however
// often the expression mentions it.

function sortedList(value: string, { aggregate, types, nullHandling }: EmitContext): string {
  const orderBy = sortSql(value, types[0]!, { isDescending: false });
  return aggregate('list', [value], { orderBy, isDistinct: false, ...(nullHandling !== 'RESPECT' && { filter: `${value} IS NOT NULL` }) });
}

type RatioKind = 'float' | 'numeric' | 'bignumeric';

const ifAny = (list: string, sql: string): string => `CASE WHEN len(${list}) > 0 THEN ${sql} END`;

/** The first value whose share of the values up to it reaches the percentile. */
const discrete =
  (kind: RatioKind): Emit =>
  ([value, fraction], context) => {
    const list = sortedList(value!, context);
    return ifAny(list, `list_extract(${list}, greatest(1, bq_${kind}_ratio_ceiling(${fraction}, len(${list}))))`);
  };

/** The two values the percentile falls between, and how far from the first. NULL lies beside nothing: the other value is the answer. */
const neighbours = (list: string, place: string): { readonly low: string; readonly high: string } => ({
  low: `list_extract(${list}, ${place} + 1)`,
  high: `list_extract(${list}, ${place} + 2)`,
});

const continuous: Emit = ([value, fraction], context) => {
  const list = sortedList(value!, context);
  const { low, high } = neighbours(list, `bq_float_ratio_floor(${fraction}, len(${list}) - 1)`);
  const rest = `bq_float_ratio_rest(${fraction}, len(${list}) - 1)`;
  return ifAny(list, `CASE WHEN ${rest} = 0 THEN ${low} ELSE coalesce(${low} * (1 - ${rest}) + ${high} * ${rest}, ${high}) END`);
};

const continuousDecimal =
  (kind: 'numeric' | 'bignumeric'): Emit =>
  ([value, fraction], context) => {
    const list = sortedList(value!, context);
    const { low, high } = neighbours(list, `bq_${kind}_ratio_floor(${fraction}, len(${list}) - 1)`);
    return ifAny(list, `bq_${kind}_interpolate(${low}, ${high}, ${fraction}, len(${list}) - 1)`);
  };

export const percentileFunctions = defineFunctions(
  {
    'PERCENTILE_CONT(FLOAT64, FLOAT64) -> FLOAT64': continuous,
    'PERCENTILE_CONT(NUMERIC, NUMERIC) -> NUMERIC': continuousDecimal('numeric'),
    'PERCENTILE_CONT(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': continuousDecimal('bignumeric'),
    'PERCENTILE_DISC(T, FLOAT64) -> T': discrete('float'),
    'PERCENTILE_DISC(T, NUMERIC) -> T': discrete('numeric'),
    'PERCENTILE_DISC(T, BIGNUMERIC) -> T': discrete('bignumeric'),
  },
  'aggregate',
);
