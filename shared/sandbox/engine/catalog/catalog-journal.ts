import type { DuckConnection } from '../duck/duck-connection.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { MAIN_DATABASE, RESULT_DATABASE } from '../duck/open-duck.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import { datasetText, modelText, routineText, tableText } from '../failure.ts';
import type { DatasetReference, DatasetResource, ModelResource, RoutineResource } from '../resource.ts';
import { type CatalogState, isHidden, isResultDataset } from './catalog-state.ts';
import { isPlaced, type StoredTable } from './stored-table.ts';

// The catalogue's durable form: one row per resource, written in the transaction that changes DuckDB's own tables.
const JOURNAL = `${MAIN_DATABASE}."#catalog".resource`;
const RESULT_JOURNAL = `${RESULT_DATABASE}."#catalog".resource`;

export type Entry =
  | { readonly kind: 'dataset'; readonly value: DatasetResource }
  | { readonly kind: 'table'; readonly value: StoredTable }
  | { readonly kind: 'routine'; readonly value: RoutineResource }
  | { readonly kind: 'model'; readonly value: ModelResource };

export async function openJournal(connection: DuckConnection, state: CatalogState): Promise<void> {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${MAIN_DATABASE}."#catalog"`);
  await connection.run(`CREATE TABLE IF NOT EXISTS ${JOURNAL} (kind VARCHAR, id VARCHAR, value VARCHAR)`);
  await dropLeftovers(connection);
  const rows = await connection.rows(`SELECT kind, value FROM ${JOURNAL} ORDER BY kind, id`);
  const known = new Set<string>();
  for (const [kind, text] of rows) {
    const entry = { kind, value: JSON.parse(String(text)) } as Entry;
    restore(state, entry);
    if (entry.kind === 'table' && isPlaced(entry.value)) known.add(toDuckTable(entry.value.place));
  }
  await dropUnknown(connection, MAIN_DATABASE, known);
}

/** Results of jobs that an earlier sandbox ran and that have not expired. */
export async function openResultJournal(
  connection: DuckConnection,
  state: CatalogState,
  toDataset: (of: DatasetReference) => DatasetResource,
): Promise<void> {
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${RESULT_DATABASE}."#catalog"`);
  await connection.run(`CREATE TABLE IF NOT EXISTS ${RESULT_JOURNAL} (id VARCHAR, value VARCHAR)`);
  const known = new Set<string>();
  for (const [id, text] of await connection.rows(`SELECT id, value FROM ${RESULT_JOURNAL}`)) {
    const table = JSON.parse(String(text)) as StoredTable;
    const { tableReference, expirationTime } = table.resource;
    if (!isPlaced(table) || Number(expirationTime) <= Date.now()) {
      await connection.run(`DELETE FROM ${RESULT_JOURNAL} WHERE id = ${quoteText(String(id))}`);
      continue;
    }
    if (!state.dataset(tableReference)) state.putDataset(toDataset(tableReference));
    state.putTable(table);
    known.add(toDuckTable(table.place));
  }
  await dropUnknown(connection, RESULT_DATABASE, known);
}

/** In the transaction that makes the table. */
export async function writeResultEntry(connection: DuckConnection, table: StoredTable): Promise<void> {
  const values = [tableText(table.resource.tableReference), JSON.stringify(table)].map(quoteText).join(', ');
  await connection.run(`INSERT INTO ${RESULT_JOURNAL} VALUES (${values})`);
}

/** What was kept for time travel, and what a crash left half done. */
async function dropUnknown(connection: DuckConnection, database: string, known: ReadonlySet<string>): Promise<void> {
  const tables = `SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = '${database}' AND schema_name <> '#catalog'`;
  for (const [schema, table] of await connection.rows(tables)) {
    const name = toDuckTable({ database, schema: String(schema), table: String(table) });
    if (!known.has(name)) await connection.run(`DROP TABLE ${name}`);
  }
}

/** Temporary tables of scripts that a crash cut short. */
async function dropLeftovers(connection: DuckConnection): Promise<void> {
  const leftovers = `SELECT schema_name FROM duckdb_schemas() WHERE database_name = '${MAIN_DATABASE}' AND regexp_matches(schema_name, '\\._(script|session)[0-9a-f]{40}$')`;
  for (const [name] of await connection.rows(leftovers))
    await connection.run(`DROP SCHEMA ${MAIN_DATABASE}.${quoteName(String(name))} CASCADE`);
}

/** `dataset` sorts before `routine` and `table`, so that what is inside finds it. */
function restore(state: CatalogState, { kind, value }: Entry): void {
  if (kind === 'dataset') state.putDataset(value);
  else if (kind === 'table') state.putTable(value);
  else if (kind === 'model') state.putModel(value);
  else state.putRoutine(value);
}

export async function writeEntry(connection: DuckConnection, entry: Entry): Promise<void> {
  if (isVolatile(entry)) return;
  await removeEntry(connection, entry);
  const values = [entry.kind, toId(entry), JSON.stringify(entry.value)].map(quoteText).join(', ');
  await connection.run(`INSERT INTO ${JOURNAL} VALUES (${values})`);
}

export async function removeEntry(connection: DuckConnection, entry: Entry): Promise<void> {
  if (isResult(entry)) await connection.run(`DELETE FROM ${RESULT_JOURNAL} WHERE id = ${quoteText(toId(entry))}`);
  if (isVolatile(entry)) return;
  await connection.run(`DELETE FROM ${JOURNAL} WHERE kind = ${quoteText(entry.kind)} AND id = ${quoteText(toId(entry))}`);
}

function toId(entry: Entry): string {
  if (entry.kind === 'dataset') return datasetText(entry.value.datasetReference);
  if (entry.kind === 'model') return modelText(entry.value.modelReference);
  return entry.kind === 'table' ? tableText(entry.value.resource.tableReference) : routineText(entry.value.routineReference);
}

const isResult = (entry: Entry): boolean => entry.kind === 'table' && isResultDataset(entry.value.resource.tableReference);

function isVolatile(entry: Entry): boolean {
  if (entry.kind === 'dataset') return isHidden(entry.value.datasetReference);
  if (entry.kind === 'model') return false;
  return isHidden(entry.kind === 'table' ? entry.value.resource.tableReference : entry.value.routineReference);
}
