import { CatalogCore } from './catalog/catalog-core.ts';
import { openJournal, openResultJournal } from './catalog/catalog-journal.ts';
import { CatalogState } from './catalog/catalog-state.ts';
import { createCatalog } from './catalog/create-catalog.ts';
import { toDataset } from './catalog/dataset-operations.ts';
import { isPlaced, type PlacedTable } from './catalog/stored-table.ts';
import { TableHistory } from './catalog/table-history.ts';
import { getDecorated } from './catalog/table-operations.ts';
import { TableSizes } from './catalog/table-sizes.ts';
import { toDuckTable } from './duck/duck-name.ts';
import { type Duck, openDuck } from './duck/open-duck.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createInvalid, tableText } from './failure.ts';
import { copyTable } from './load/copy-table.ts';
import { extractTable } from './load/extract-table.ts';
import { loadTable } from './load/load-table.ts';
import { prepareFunctions } from './query/prepare-functions.ts';
import { QueryRunner } from './query/query-runner.ts';
import type { TableReference } from './resource.ts';
import { RowInserter } from './rows/insert-rows.ts';
import { readRows } from './rows/read-rows.ts';

/** Opens a mock BigQuery. With a directory the tables of an earlier one are there again; only one engine may have it open. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const state = new CatalogState();
  const duck = await openDuck(options, async (connection) => {
    prepareFunctions(connection);
    await openJournal(connection, state);
    const location = options.location ?? 'US';
    await openResultJournal(connection, state, (datasetReference) => toDataset({ location }, { datasetReference }, String(Date.now())));
  });
  const core = new CatalogCore(duck, state, new TableSizes(duck), options.location ?? 'US', new TableHistory(duck, options.historyBytes));
  return composeEngine(core, duck, options);
}

/** Expired tables are invisible at once; this is when their rows go, and those of expired partitions. */
const SWEEP_INTERVAL_MS = 60_000;

function composeEngine(core: CatalogCore, duck: Duck, options: EngineOptions): Engine {
  core.objects = options.objects;
  const runner = new QueryRunner(core, options);
  core.describeView = (view, home) => runner.describeView(view.query, home);
  const inserter = new RowInserter(core, (expression, type, projectId) => runner.evaluateDefault(expression, type, projectId));
  const sweeper = setInterval(() => core.sweepExpired().catch(() => {}), options.sweepIntervalMs ?? SWEEP_INTERVAL_MS).unref();
  return {
    catalog: createCatalog(core),
    location: core.location,
    query: (request) => runner.query(request),
    dryRun: (request) => runner.dryRun(request),
    insertRows: (table, rows, insertOptions = {}) => inserter.insert(table, rows, insertOptions),
    load: (request) => loadTable(core, request),
    copy: (request) => copyTable(core, request),
    extract: (request) => extractTable(core, request),
    readRows: (table, readOptions = {}) => readRows(duck, toReadable(core, table), readOptions),
    countRows: (table) => core.sizes.rows(toReadable(core, table)),
    fillTable: (table, duckSql) => fillTable(core, toReadable(core, table), duckSql),
    createSession: (projectId) => runner.createSession(projectId),
    closeSession: (sessionId) => runner.closeSession(sessionId),
    async close() {
      clearInterval(sweeper);
      await runner.close();
      await duck.close();
    },
  };
}

function toReadable(core: CatalogCore, reference: TableReference): PlacedTable {
  const table = getDecorated(core, reference);
  if (isPlaced(table)) return table;
  throw createInvalid(`Cannot list a table of type ${table.resource.type}: ${tableText(reference)}`);
}

async function fillTable(core: CatalogCore, table: PlacedTable, duckSql: string): Promise<bigint> {
  const [row] = await core.duck.use((connection) => connection.rows(`INSERT INTO ${toDuckTable(table.place)} ${duckSql}`));
  core.sizes.forget(table);
  core.history.grew(table, row![0] as bigint);
  return row![0] as bigint;
}
