import type { TablePath } from '../analyze/catalog.ts';
import type { Place, Position, Source, Value } from './flow.ts';
import type { Lineage } from './trace-lineage.ts';

/** A column, or a field by its path, whose values must not be seen. */
export type MaskedColumn = { readonly table: TablePath; readonly path: readonly string[] };

/** Where masked values lie in a query's output: the column's index, the place within its value, and the fields below that. */
export type MaskedPlace = {
  readonly masked: MaskedColumn;
  readonly column: number;
  readonly at: Place;
  readonly fields: readonly string[];
};

/** A use that masking the output cannot undo. */
export type MaskedUse = {
  readonly masked: MaskedColumn;
  readonly use: 'computed' | 'aggregated' | 'written' | Position;
  readonly column: string | undefined;
};

/** Where a statement shows masked columns as they are, and where it uses them in any other way. */
export function findMasked(lineage: Lineage, masked: readonly MaskedColumn[]): { places: MaskedPlace[]; uses: MaskedUse[] } {
  const places: MaskedPlace[] = [];
  const uses: MaskedUse[] = [];
  for (const each of masked) {
    for (const [column, { name, values, control }] of lineage.columns.entries()) {
      for (const value of values) {
        const fields = overlap(value.source, each);
        if (!fields) continue;
        const use = toUse(value, lineage.target !== undefined);
        if (use === undefined) places.push({ masked: each, column, at: value.at, fields });
        else uses.push({ masked: each, use, column: name });
      }
      for (const { source, position } of control)
        if (isTold(source, position, each)) uses.push({ masked: each, use: position, column: name });
    }
    if (lineage.columns.length > 0) continue;
    for (const { source, position } of lineage.control)
      if (isTold(source, position, each)) uses.push({ masked: each, use: position, column: undefined });
  }
  return { places, uses };
}

const toUse = ({ how }: Value, isWritten: boolean): 'written' | 'computed' | 'aggregated' | undefined => {
  if (isWritten) return 'written';
  return how === 'projected' ? undefined : how;
};

/** The fields of the masked path below the source; none where the source lies within what is masked; undefined where they do not meet. */
function overlap({ table, path }: Source, masked: MaskedColumn): readonly string[] | undefined {
  if (!isSameTable(table, masked.table)) return undefined;
  const length = Math.min(path.length, masked.path.length);
  for (let index = 0; index < length; index++) if (path[index]?.toLowerCase() !== masked.path[index]?.toLowerCase()) return undefined;
  return masked.path.slice(path.length);
}

/** UNNEST tells an array's length, nothing of the fields within. */
function isTold(source: Source, position: Position, masked: MaskedColumn): boolean {
  const fields = overlap(source, masked);
  return fields !== undefined && !(position === 'unnest' && fields.length > 0);
}

const isSameTable = (left: TablePath, right: TablePath): boolean =>
  left.projectId === right.projectId && left.datasetId === right.datasetId && left.tableId === right.tableId;
