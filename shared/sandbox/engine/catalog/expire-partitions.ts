import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName } from '../duck/quote.ts';
import type { CatalogCore } from './catalog-core.ts';
import { isPlaced, PARTITION_TIME_COLUMN, type PlacedTable } from './stored-table.ts';

/** Rows of partitions whose time is over go, as far as `now` is concerned: epoch milliseconds. Rows without a partition stay. */
export async function expirePartitions(core: CatalogCore, now: number): Promise<void> {
  for (const projectId of core.state.projects()) {
    for (const { datasetReference } of core.state.datasets(projectId)) {
      for (const table of core.state.tables(datasetReference)) if (isPlaced(table)) await expireRows(core, table, now);
    }
  }
}

async function expireRows(core: CatalogCore, table: PlacedTable, now: number): Promise<void> {
  const { timePartitioning } = table.resource;
  if (timePartitioning?.expirationMs === undefined) return;
  const column = `CAST(${quoteName(timePartitioning.field ?? PARTITION_TIME_COLUMN)} AS TIMESTAMPTZ)`;
  const limit = `make_timestamptz(${BigInt(now - Number(timePartitioning.expirationMs)) * 1000n})`;
  const where = `date_trunc('${timePartitioning.type.toLowerCase()}', ${column}) < ${limit}`;
  const [row] = await core.duck.use((connection) => connection.rows(`SELECT count(*) FROM ${toDuckTable(table.place)} WHERE ${where}`));
  if (row![0] === 0n) return;
  const note = await core.history.preserve(table);
  await core.duck.run(`DELETE FROM ${toDuckTable(table.place)} WHERE ${where}`);
  core.sizes.forget(table);
  note();
}
