import type { FrameBound, WindowExpression } from '../analyze/resolved-tree.ts';
import type { SqlType } from '../types/sql-type.ts';
import { sortSql } from './sort-sql.ts';
import type { FramePlaces } from './sql-names.ts';

// RANGE frames over BIGNUMERIC, which DuckDB has no arithmetic of frames for: a first pass gives each row its place in its partition and those of its
// frame's ends, found in the sorted list of keys; the window proper then counts rows.

export class UnsupportedFrame extends Error {
  constructor(type: SqlType) {
    super(`RANGE frames over ${type.kind}`);
  }
}

type WriteSql = (expression: WindowExpression['orderBy'][number]['expression']) => string;

/** Columns of the first pass: the row's place, and the places of its frame's ends where they are not unbounded. */
export function framePlaces(window: WindowExpression, sqlOf: WriteSql): FramePlaces {
  const [key] = window.orderBy as [WindowExpression['orderBy'][number]];
  const sql = sqlOf(key.expression);
  const partition = window.partitionBy.length ? `PARTITION BY ${window.partitionBy.map(sqlOf).join(', ')} ` : '';
  const order = sortSql(sql, key.expression.type, key);
  const keys = `list(CAST(${sql} AS VARCHAR) ORDER BY ${order}) OVER (${partition.trim()})`;
  const edge = ({ boundary, offset }: FrameBound, isStart: boolean): string | undefined => {
    if (boundary.startsWith('UNBOUNDED')) return undefined;
    const isUpward = boundary.endsWith('FOLLOWING') !== key.isDescending;
    const distance = offset ? `CAST(${sqlOf(offset)} AS VARCHAR)` : `'0'`;
    return `bq_frame_edge(${keys}, CAST(${sql} AS VARCHAR), ${isUpward ? distance : `'-' || ${distance}`}, ${isStart}, ${key.isDescending})`;
  };
  return {
    place: `row_number() OVER (${partition}ORDER BY ${order})`,
    start: edge(window.frame!.start, true),
    end: edge(window.frame!.end, false),
  };
}

/** The window's ORDER BY and frame over the columns of the first pass. */
export function placedFrameSql({ place, start, end }: FramePlaces): { readonly order: string; readonly frame: string } {
  const first = start ? `${place} - ${start} PRECEDING` : 'UNBOUNDED PRECEDING';
  const last = end ? `${end} - ${place} FOLLOWING` : 'UNBOUNDED FOLLOWING';
  return { order: place, frame: `ROWS BETWEEN ${first} AND ${last}` };
}
