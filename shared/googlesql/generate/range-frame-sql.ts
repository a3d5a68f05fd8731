import type { FrameBound, SortKey, WindowExpression } from '../analyze/resolved-tree.ts';
import { UnsupportedFrame } from './big-frame-sql.ts';

// RANGE frames with an offset: DuckDB adds the offset to the key and fails where the sum leaves the key's type, has no place for NaN below the other
// numbers, and takes no BIGNUM. So the key is widened, and each row's offset is kept from passing the ends of what the wider type holds.

type Frame = NonNullable<WindowExpression['frame']>;
type Widening = { readonly key: (sql: string) => string; readonly offset: (offset: string, key: string, isUpward: boolean) => string };

const HUGE = '170141183460469231731687303715884105727';
const LARGEST_DOUBLE = `CAST('1.7976931348623157e308' AS DOUBLE)`;

const wideInteger: Widening = {
  key: (sql) => `CAST(${sql} AS HUGEINT)`,
  offset: (offset) => `CAST(${offset} AS HUGEINT)`,
};

const scaled = (sql: string): string => `CAST(replace(CAST(${sql} AS VARCHAR), '.', '') AS HUGEINT)`;
const wideNumeric: Widening = {
  key: scaled,
  offset: (offset, key, isUpward) =>
    `least(${scaled(offset)}, ${isUpward ? `${HUGE} - greatest(${scaled(key)}, 0)` : `${HUGE} + least(${scaled(key)}, 0)`})`,
};

/** A little less than the largest: a finite offset must not reach the infinities, nor rounding help it there. */
const NEARLY_LARGEST = `CAST('1.79769313486231e308' AS DOUBLE)`;

const reach = (offset: string, infinite: string): string => `CASE WHEN isinf(${offset}) THEN ${infinite} ELSE ${NEARLY_LARGEST} END`;

/** NaN becomes minus infinity, which becomes the least finite number. */
const wideFloat: Widening = {
  key: (sql) =>
    `CASE WHEN isnan(${sql}) THEN CAST('-inf' AS DOUBLE) WHEN ${sql} = CAST('-inf' AS DOUBLE) THEN -${LARGEST_DOUBLE} ELSE ${sql} END`,
  offset: (offset, key, isUpward) => {
    const room = isUpward ? `${reach(offset, offset)} - ${key}` : `${key} + ${reach(offset, LARGEST_DOUBLE)}`;
    return `CASE WHEN isfinite(${key}) THEN least(${offset}, ${room}) ELSE 0 END`;
  },
};

const WIDENINGS: Readonly<Record<string, Widening>> = { INT64: wideInteger, NUMERIC: wideNumeric, FLOAT64: wideFloat };

export const hasRangeOffset = ({ frame }: WindowExpression): boolean =>
  frame?.unit === 'RANGE' && [frame.start, frame.end].some((bound) => bound.offset !== undefined);

/** The window's ORDER BY and frame clause for a RANGE with an offset over a numeric key. `sqlOf` writes an expression. */
export function rangeFrameSql(
  frame: Frame,
  key: SortKey,
  sqlOf: (expression: SortKey['expression']) => string,
): { readonly order: string; readonly frame: string } {
  const widening = WIDENINGS[key.expression.type.kind];
  if (!widening) throw new UnsupportedFrame(key.expression.type);
  const sql = sqlOf(key.expression);
  const direction = key.isDescending ? 'DESC' : 'ASC';
  const nulls = key.nulls ?? (key.isDescending ? 'LAST' : 'FIRST');
  const bound = ({ boundary, offset }: FrameBound): string => {
    if (!offset) return boundary;
    const isUpward = boundary.endsWith('FOLLOWING') !== key.isDescending;
    return boundary.replace('OFFSET', widening.offset(sqlOf(offset), sql, isUpward));
  };
  return {
    order: `${widening.key(sql)} ${direction} NULLS ${nulls}`,
    frame: `RANGE BETWEEN ${bound(frame.start)} AND ${bound(frame.end)}`,
  };
}
