import type { SqlType } from '../types/sql-type.ts';

export type Use = 'group' | 'order' | 'partition';

const UNGROUPABLE = new Set(['JSON', 'GEOGRAPHY']);

/**
 * The name of what in a type cannot be grouped, ordered or partitioned by, as messages say it: `JSON`, `STRUCT containing FLOAT64`; undefined where
 * all can. Source: Google's reference, "Data type properties".
 */
export function refuses(use: Use, type: SqlType): string | undefined {
  if (UNGROUPABLE.has(type.kind)) return type.kind;
  if (use === 'order' && type.kind === 'STRUCT') return 'STRUCT';
  if (use === 'partition' && type.kind === 'FLOAT64') return 'FLOAT64';
  const inner = type.kind === 'ARRAY' ? [type.element] : type.kind === 'STRUCT' ? type.fields.map((f) => f.type) : [];
  const refused = inner.map((t) => refuses(use, t)).find((t) => t !== undefined);
  return refused && `${type.kind} containing ${refused.split(' ')[0]}`;
}
