import { columnsRead } from '../analyze/map-tree.ts';
import { isBare, type SelectBuilder, wrap } from './select-builder.ts';
import type { SqlNames } from './sql-names.ts';

/** The SELECT such that the expressions can be written over it: what they read is no computation of its own. */
export function readable(select: SelectBuilder, expressions: readonly unknown[], names: SqlNames): SelectBuilder {
  if (!select.computed.size) return select;
  const read = columnsRead(expressions);
  return [...select.computed].some((id) => read.has(id)) ? wrap(select, names) : select;
}

/** One with nothing but its FROM. */
export const bare = (select: SelectBuilder, names: SqlNames): SelectBuilder => (isBare(select) ? select : wrap(select, names));
