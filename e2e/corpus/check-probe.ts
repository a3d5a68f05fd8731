import type { Source } from '../../shared/googlesql/lineage/flow.ts';
import type { Lineage } from '../../shared/googlesql/lineage/trace-lineage.ts';
import { traceSql } from '../../shared/googlesql/lineage/trace-sql.ts';
import { STRING } from '../../shared/googlesql/types/sql-type.ts';
import type { Probe } from './lineage-probe.ts';
import { catalog, defaults, tables } from './lineage-schemas.ts';

const parameters = [{ name: 'p', type: STRING, value: { value: 'x' } }];
export const traceProbe = (sql: string) => traceSql(sql, { catalog, defaults, parameters });

/** `people.*` as the columns it stands for. */
function expand(source: string): string[] {
  const [table = '', column] = source.split('.');
  if (column !== '*') return [source];
  const fields = tables.find(({ path }) => path.tableId === table)?.fields ?? [];
  return fields.map(({ name }) => `${table}.${name}`);
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .flatMap(expand);

const show = (name: string, values: Iterable<string>, control: Iterable<string>): string =>
  `${name}: ${[...new Set(values)].sort().join(', ')} ~ ${[...new Set(control)].sort().join(', ')}`;

/** The probe's columns with all that decides about each. */
export function expectedColumns({ rows, columns }: Pick<Probe, 'rows' | 'columns'>): string[] {
  return columns.map((column) => {
    const [, name = '', values, control] = /^([^:]*):([^~]*)(?:~(.*))?$/.exec(column) ?? [];
    return show(name, listOf(values), [...listOf(rows), ...listOf(control)]);
  });
}

export const sourceText = ({ table, path }: Source): string => [table.tableId, ...path].join('.');

const isBase = (source: Source): boolean => source.isView !== true;

/** A lineage in the probe's terms; a view's own columns are left out. */
export function tracedColumns({ columns }: Lineage): string[] {
  return columns.map(({ name, values, control }) => {
    const [shown, deciding] = [values, control].map((list) =>
      list
        .map(({ source }) => source)
        .filter(isBase)
        .map(sourceText),
    );
    return show(name, shown ?? [], deciding ?? []);
  });
}

export const tracedRows = ({ control }: Lineage): string[] =>
  [
    ...new Set(
      control
        .map(({ source }) => source)
        .filter(isBase)
        .map(sourceText),
    ),
  ].sort();

/** What the lineage of the probe's statement should be, and what it is. */
export function checkProbe(probe: Probe): { readonly expected: unknown; readonly found: unknown } {
  const lineage = traceProbe(probe.sql);
  const expected = { columns: expectedColumns(probe), rows: [...new Set(listOf(probe.rows))].sort(), isComplete: true };
  if (!lineage.ok) return { expected, found: lineage.error };
  const { isComplete } = lineage.value;
  return { expected, found: { columns: tracedColumns(lineage.value), rows: tracedRows(lineage.value), isComplete } };
}
