import { join } from 'node:path';
import { splitTableName } from '../../../shared/derived/exchange-facts.ts';
import type { CaseBundle } from '../case-bundle.ts';
import { findTableShapes } from './find-table-shapes.ts';
import { findSnapshots, rebuildTable, type TableSnapshot } from './rebuild-tables.ts';
import type { ReplayStep } from './replay-plan.ts';
import type { ReplayRun } from './replay-run.ts';

/** What the sandbox's tables are worth at each moment of a recomputed replay. */
export type ReplayTables = {
  /** Rebuilds what the step needs as far as it was recorded; the tables whose content stays unknown. */
  prepare(step: ReplayStep): Promise<readonly string[]>;
  /** After a change that was not repeated, nobody knows what a table holds. */
  applyChanges(use: ReplayStep['use'], isDone: boolean): void;
  /** Whether a table that the step reads was rebuilt from the step's own answer: then equality says nothing. */
  isFromOwnAnswer(step: ReplayStep): boolean;
  /** Whether at least the columns of all of them are known. */
  haveShapes(tables: readonly string[]): boolean;
};

export async function createReplayTables(run: ReplayRun, source: CaseBundle, steps: readonly ReplayStep[]): Promise<ReplayTables> {
  await createDatasets(run, steps);
  const shaped = await createShapes(run, source, steps);
  const snapshots = await findSnapshots(run.review, source, steps);
  const known = new Set<string>();
  /** Exchanges whose answers tables were rebuilt from. */
  const sources = new Map<string, string>();
  let files = 0;

  async function restore(table: string, number: number): Promise<boolean> {
    for (const snapshot of snapshots.filter((each) => each.table === table && each.from < number && number < each.to)) {
      if (await load(snapshot)) return true;
      snapshots.splice(snapshots.indexOf(snapshot), 1);
    }
    return false;
  }

  async function load({ table, exchangeId, source: from }: TableSnapshot): Promise<boolean> {
    const rebuilt = await rebuildTable(run.review, exchangeId, join(run.directory, `table-${++files}.ndjson`));
    if (rebuilt === undefined) return false;
    const { fields, path, rows } = rebuilt;
    const [projectId = '', datasetId = '', tableId] = splitTableName(table);
    // A table that the sandbox does not take (of a type it lacks) stays unknown.
    const loaded = await run.process.ask({ kind: 'load', table: { projectId, datasetId, tableId }, fields, path }).catch(() => undefined);
    if (loaded === undefined) return false;
    sources.set(table, exchangeId);
    run.addTable({ table, rows: rows.toString(), source: from });
    return true;
  }

  return {
    prepare: async ({ use, number }) => {
      for (const table of use.needs) if (!known.has(table) && (await restore(table, number))) known.add(table);
      return use.needs.filter((table) => !known.has(table));
    },
    applyChanges: ({ changes, makes, needs }, isDone) => {
      for (const table of changes) if (!isDone || !(makes.includes(table) || needs.includes(table))) known.delete(table);
      if (isDone) for (const table of makes) known.add(table);
    },
    isFromOwnAnswer: ({ use, exchangeId }) => use.needs.some((table) => sources.get(table) === exchangeId),
    haveShapes: (tables) => tables.every((table) => shaped.has(table)),
  };
}

/** Data sets were there before the session, but for those it made. */
async function createDatasets(run: ReplayRun, steps: readonly ReplayStep[]): Promise<void> {
  const made = new Set(steps.flatMap(({ use }) => use.datasetsMade));
  const named = new Set(steps.flatMap(({ use }) => [...use.needs, ...use.changes]).map((table) => table.slice(0, table.lastIndexOf('.'))));
  for (const dataset of named) {
    const [projectId, datasetId] = [dataset.slice(0, dataset.lastIndexOf('.')), dataset.slice(dataset.lastIndexOf('.') + 1)];
    if (made.has(dataset) || !/^\w+$/.test(datasetId) || projectId === '?') continue;
    await run.process.ask({ kind: 'create-dataset', projectId, datasetId }).catch(() => undefined);
  }
}

/** Empty tables with the columns that were recorded. No statement is answered from them: they serve to see whether one is right at all. */
async function createShapes(run: ReplayRun, source: CaseBundle, steps: readonly ReplayStep[]): Promise<ReadonlySet<string>> {
  const made = new Set(steps.flatMap(({ use }) => use.makes));
  const shaped = new Set<string>();
  for (const [name, { fields, ...table }] of await findTableShapes(run.review, source)) {
    if (made.has(name)) continue;
    const created = await run.process.ask({ kind: 'create-table', table, fields }).catch(() => undefined);
    if (created !== undefined) shaped.add(name);
  }
  return shaped;
}
