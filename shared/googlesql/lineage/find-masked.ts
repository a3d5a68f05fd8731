import type { TablePath } from '../analyze/catalog.ts';
import type { Place, Position, Source, Value } from './flow.ts';
import type { Lineage } from './trace-lineage.ts';

/** A column of a table or a view, or a field by its path, whose values must not be seen. `tableId` may end in `*`: all tables of that prefix. */
export type MaskedColumn = { readonly table: TablePath; readonly path: readonly string[] };

/** Where masked values lie in a query's output: the column's index, the place within its value, and the fields below that. */
export type MaskedPlace = {
  readonly masked: MaskedColumn;
  readonly column: number;
  readonly at: Place;
  readonly fields: readonly string[];
};

/**
 * A use that masking the output cannot undo. `evaluated`: a computation that is not shown, but might fail or not. `unknown`: the lineage is
 * incomplete, so that every masked column may be anywhere.
 */
export type MaskedUse = {
  readonly masked: MaskedColumn;
  readonly use: 'computed' | 'aggregated' | 'written' | 'evaluated' | 'unknown' | Position;
  readonly column: string | undefined;
};

/** Where a statement shows masked columns as they are, and where it uses them in any other way. Each use is told once per column and kind. */
export function findMasked(lineage: Lineage, masked: readonly MaskedColumn[]): { places: MaskedPlace[]; uses: MaskedUse[] } {
  const found = masked.map((each) => findOne(lineage, each));
  return { places: found.flatMap(({ places }) => places), uses: found.flatMap(({ uses }) => uses) };
}

function findOne(lineage: Lineage, masked: MaskedColumn): { places: MaskedPlace[]; uses: MaskedUse[] } {
  const places: MaskedPlace[] = [];
  const uses = new Map<string, MaskedUse>();
  const add = (use: MaskedUse['use'], column: string | undefined): void => {
    uses.set(`${use} ${column ?? ''}`, { masked, use, column });
  };
  if (!lineage.isComplete) add('unknown', undefined);
  for (const [column, { name, values, control }] of lineage.columns.entries()) {
    for (const value of values) {
      const fields = overlap(value.source, masked);
      if (!fields) continue;
      const use = toUse(value, lineage.target !== undefined);
      if (use === undefined) places.push({ masked, column, at: value.at, fields });
      else add(use, name);
    }
    for (const { source, position } of control) if (isTold(source, position, masked)) add(position, name);
  }
  if (lineage.columns.length === 0)
    for (const { source, position } of lineage.control) if (isTold(source, position, masked)) add(position, undefined);
  if (uses.size === 0 && lineage.evaluated.some((source) => overlap(source, masked))) add('evaluated', undefined);
  return { places: distinctPlaces(places), uses: [...uses.values()] };
}

/** One place, though a table's column and a view's come there. */
const distinctPlaces = (places: readonly MaskedPlace[]): MaskedPlace[] => [
  ...new Map(places.map((place) => [JSON.stringify([place.column, place.at, place.fields]), place])).values(),
];

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
  left.projectId === right.projectId && left.datasetId === right.datasetId && isSameTableId(left.tableId, right.tableId);

/** Either side may be a wildcard: one that has a table in common with the other is taken for the same. */
function isSameTableId(left: string, right: string): boolean {
  const [prefix, otherPrefix] = [wildcardPrefix(left), wildcardPrefix(right)];
  if (prefix !== undefined && otherPrefix !== undefined) return prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix);
  if (prefix !== undefined) return right.startsWith(prefix);
  return otherPrefix === undefined ? left === right : left.startsWith(otherPrefix);
}

const wildcardPrefix = (tableId: string): string | undefined => (tableId.endsWith('*') ? tableId.slice(0, -1) : undefined);
