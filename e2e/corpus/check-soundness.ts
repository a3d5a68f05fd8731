import type { Control, Source } from '../../shared/googlesql/lineage/flow.ts';
import type { ColumnLineage } from '../../shared/googlesql/lineage/trace-lineage.ts';
import type { Engine } from '../../shared/sandbox/engine/engine.ts';
import { traceProbe } from './check-probe.ts';
import { datasetOf, type Leaf, leaves } from './lineage-data.ts';

/** `missing`: a column that changed with a leaf its lineage does not name. `skipped`: no lineage or no rows, with the reason. */
export type Soundness = {
  readonly missing: readonly string[];
  readonly skipped?: string;
  /** Pairs of column and leaf: named by the lineage, and among them those that were seen to change. Counted only where asked for. */
  readonly named: number;
  readonly seen: number;
};

/** Runs a query on data that differs in one leaf at a time: whatever changes must be in the lineage. `isTight`: leaves that all columns name are changed too. */
export async function checkSoundness(engine: Engine, sql: string, isTight = false): Promise<Soundness> {
  const lineage = traceProbe(sql);
  if (!lineage.ok) return { missing: [], skipped: `lineage: ${lineage.error}`, named: 0, seen: 0 };
  const base = await columnsOf(engine, sql, undefined);
  if (typeof base === 'string') return { missing: [], skipped: `engine: ${base}`, named: 0, seen: 0 };
  const missing: string[] = [];
  let [named, seen] = [0, 0];
  for (const leaf of leaves) {
    if (!mentions(sql, leaf) || (!isTight && lineage.value.columns.every((column) => names(column, leaf)))) continue;
    const changed = await columnsOf(engine, sql, leaf);
    for (const [index, column] of lineage.value.columns.entries()) {
      const isNamed =
        names(column, leaf) || (typeof changed === 'string' && lineage.value.evaluated.some((source) => covers(source, leaf)));
      const isChanged = typeof changed === 'string' || changed[index] !== base[index];
      if (isNamed) named++;
      if (isNamed && isChanged) seen++;
      if (isChanged && !isNamed) missing.push(`${column.name} with ${leaf.tableId}.${leaf.path.join('.')}`);
    }
  }
  return { missing, named, seen };
}

/** Only leaves of tables that the text may read, views and functions included, are worth a run. */
const mentions = (sql: string, { tableId }: Leaf): boolean =>
  sql.includes(tableId.replace('2020', '')) ||
  (tableId === 'people' && /contact|spender|hashed|people_of/.test(sql)) ||
  (tableId === 'orders' && sql.includes('spender')) ||
  (tableId === 'secrets' && sql.includes('secret_of'));

const names = ({ values, control }: ColumnLineage, leaf: Leaf): boolean =>
  values.some(({ source }) => covers(source, leaf)) || control.some((each) => decides(each, leaf));

/** An array's length says nothing of the fields within. */
const decides = ({ source, position }: Control, leaf: Leaf): boolean =>
  covers(source, leaf) && !(position === 'unnest' && leaf.path.length > source.path.length);

function covers({ table, path }: Source, leaf: Leaf): boolean {
  const length = Math.min(path.length, leaf.path.length);
  return table.tableId.replace('*', '2020') === leaf.tableId && path.slice(0, length).join() === leaf.path.slice(0, length).join();
}

/** Each column's values without their order, as one text; the error's text where there are none. */
async function columnsOf(engine: Engine, sql: string, leaf: Leaf | undefined): Promise<string[] | string> {
  const datasetId = datasetOf(leaf);
  const parameters = [{ name: 'p', parameterType: { type: 'STRING' }, parameterValue: { value: 'x' } }];
  try {
    const { destinationTable, schema } = await engine.query({
      sql,
      projectId: 'p',
      defaultDataset: { datasetId },
      parameters,
      parameterMode: 'NAMED',
    });
    const columns = (schema?.fields ?? []).map((): string[] => []);
    if (destinationTable)
      for await (const page of engine.readRows(destinationTable))
        for (const { f } of page) for (const [index, cell] of f.entries()) columns[index]?.push(JSON.stringify(cell));
    return columns.map((values) => values.sort().join());
  } catch (error) {
    return (error as Error).message;
  }
}
