import type { SqlType } from '../types/sql-type.ts';
import { structField, structOf } from '../types/sql-type.ts';
import { columnReference, fieldOf } from './build-expression.ts';
import type { Column, ResolvedExpression } from './resolved-tree.ts';

/** A column as FROM offers it. `isHidden`: reachable by name, not part of `*` (pseudo columns, the merged copies after USING). */
export type NamedExpression = { readonly name: string; readonly expression: ResolvedExpression; readonly isHidden?: boolean };

/** A range variable: a table's alias. `value` is set where the row is one value (UNNEST, value tables). */
export type Range = { readonly alias: string; readonly columns: readonly NamedExpression[]; readonly value?: ResolvedExpression };

/** What a FROM clause brings into sight. */
export type Names = { readonly columns: readonly NamedExpression[]; readonly ranges: ReadonlyMap<string, Range> };

/** One level of name lookup. `aliases` (select list, lambda and routine parameters) win over columns; outer queries follow in `parent`. */
export type Scope = Names & {
  readonly parent?: Scope | undefined;
  readonly aliases?: ReadonlyMap<string, ResolvedExpression | 'ambiguous'>;
};

export const EMPTY_NAMES: Names = { columns: [], ranges: new Map() };
export const lower = (text: string): string => text.toLowerCase();

export const withParent = (names: Names, parent: Scope | undefined): Scope => ({ ...names, parent });
export const aliasScope = (aliases: ReadonlyMap<string, ResolvedExpression | 'ambiguous'>, inner: Scope): Scope => ({ ...inner, aliases });

export function joinNames(left: Names, right: Names): Names {
  return { columns: [...left.columns, ...right.columns], ranges: new Map([...left.ranges, ...right.ranges]) };
}

/** The names of a relation whose rows have columns, under an optional alias. */
export function tableNames(alias: string | undefined, columns: readonly NamedExpression[]): Names {
  return { columns, ranges: alias ? new Map([[lower(alias), { alias, columns }]]) : new Map() };
}

/** The names of a relation whose row is one value: the alias means the value, and a struct's fields are columns. */
export function valueNames(alias: string | undefined, value: ResolvedExpression): Names {
  const { type } = value;
  if (type.kind !== 'STRUCT') {
    const columns = [{ name: alias ?? '', expression: value }];
    return { columns, ranges: alias ? new Map([[lower(alias), { alias, columns, value }]]) : new Map() };
  }
  const columns = type.fields.map((field, i) => ({ name: field.name ?? '', expression: fieldOf(value, i) }));
  return { columns, ranges: alias ? new Map([[lower(alias), { alias, columns, value }]]) : new Map() };
}

export const namedColumns = (columns: readonly Column[]): NamedExpression[] =>
  columns.map((column) => ({ name: column.name, expression: columnReference(column) }));

const rows = new WeakMap<Range, ResolvedExpression>();

/** A whole row as one value; the same one wherever it is read, so that wide rows are looked at once. */
export function rowOf(range: Range): ResolvedExpression {
  const row = range.value ?? rows.get(range) ?? structOfColumns(range);
  rows.set(range, row);
  return row;
}

function structOfColumns(range: Range): ResolvedExpression {
  const visible = range.columns.filter((c) => !c.isHidden);
  const type: SqlType = structOf(visible.map((c) => structField(c.name, c.expression.type)));
  return { kind: 'struct', fields: visible.map((c) => c.expression), type };
}

export type Found = { readonly expression: ResolvedExpression; readonly used: number } | 'ambiguous' | undefined;

/** Looks the start of a path up, innermost scope first. `used`: how many names of the path the expression stands for. */
export function findName(path: readonly string[], scope: Scope | undefined): Found {
  for (let level = scope; level; level = level.parent) {
    const found = findHere(path, level);
    if (found) return found;
  }
  return undefined;
}

function findHere(path: readonly string[], scope: Scope): Found {
  const first = lower(path[0]!);
  const alias = scope.aliases?.get(first);
  if (alias && !(path.length > 1 && scope.ranges.has(first))) return alias === 'ambiguous' ? alias : { expression: alias, used: 1 };
  const range = scope.ranges.get(first);
  if (range && path.length > 1) return findInRange(range, path[1]!);
  const column = findColumn(scope.columns, first);
  if (column) return column;
  return range ? { expression: rowOf(range), used: 1 } : undefined;
}

function findInRange(range: Range, name: string): Found {
  const column = findColumn(range.columns, lower(name));
  if (column && column !== 'ambiguous') return { expression: column.expression, used: 2 };
  return column ?? { expression: rowOf(range), used: 1 };
}

const indexes = new WeakMap<readonly NamedExpression[], ReadonlyMap<string, readonly NamedExpression[]>>();

/** A wide table is asked for each of its columns. */
function indexOf(columns: readonly NamedExpression[]): ReadonlyMap<string, readonly NamedExpression[]> {
  const known = indexes.get(columns);
  if (known) return known;
  const index = Map.groupBy(columns, (c) => lower(c.name));
  indexes.set(columns, index);
  return index;
}

function findColumn(columns: readonly NamedExpression[], name: string): Found {
  const hits = indexOf(columns).get(name);
  if (!hits) return undefined;
  const shown = hits.filter((c) => !c.isHidden);
  const [only, ...others] = shown.length ? shown : hits;
  return others.some((c) => c.expression !== only!.expression) ? 'ambiguous' : { expression: only!.expression, used: 1 };
}

/** Every name in sight, for "Did you mean …?". */
export function visibleNames(scope: Scope | undefined): string[] {
  const names: string[] = [];
  for (let level = scope; level; level = level.parent) {
    names.push(...(level.aliases?.keys() ?? []), ...level.columns.map((c) => c.name), ...[...level.ranges.values()].map((r) => r.alias));
  }
  return names;
}
