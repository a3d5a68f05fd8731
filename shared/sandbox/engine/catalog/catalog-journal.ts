import type { DuckConnection } from '../duck/duck-connection.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { MAIN_DATABASE } from '../duck/open-duck.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import { datasetText, routineText, tableText } from '../failure.ts';
import type { DatasetResource, RoutineResource } from '../resource.ts';
import { type CatalogState, isHidden } from './catalog-state.ts';
import { isPlaced, type StoredTable } from './stored-table.ts';

// The catalogue's durable form: one row per resource, written in the transaction that changes DuckDB's own tables.
const JOURNAL = `${MAIN_DATABASE}."#catalog".resource`;

export type Entry =
  | { readonly kind: 'dataset'; readonly value: DatasetResource }
  | { readonly kind: 'table'; readonly value: StoredTable }
  | { readonly kind: 'routine'; readonly value: RoutineResource };

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
  await dropUnknown(connection, known);
}

/** What was kept for time travel, and what a crash left half done. */
async function dropUnknown(connection: DuckConnection, known: ReadonlySet<string>): Promise<void> {
  const tables = `SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = '${MAIN_DATABASE}' AND schema_name <> '#catalog'`;
  for (const [schema, table] of await connection.rows(tables)) {
    const name = toDuckTable({ database: MAIN_DATABASE, schema: String(schema), table: String(table) });
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
  else state.putRoutine(value);
}

export async function writeEntry(connection: DuckConnection, entry: Entry): Promise<void> {
  if (isVolatile(entry)) return;
  await removeEntry(connection, entry);
  const values = [entry.kind, toId(entry), JSON.stringify(entry.value)].map(quoteText).join(', ');
  await connection.run(`INSERT INTO ${JOURNAL} VALUES (${values})`);
}

export async function removeEntry(connection: DuckConnection, entry: Entry): Promise<void> {
  if (isVolatile(entry)) return;
  await connection.run(`DELETE FROM ${JOURNAL} WHERE kind = ${quoteText(entry.kind)} AND id = ${quoteText(toId(entry))}`);
}

function toId(entry: Entry): string {
  if (entry.kind === 'dataset') return datasetText(entry.value.datasetReference);
  return entry.kind === 'table' ? tableText(entry.value.resource.tableReference) : routineText(entry.value.routineReference);
}

function isVolatile(entry: Entry): boolean {
  if (entry.kind === 'dataset') return isHidden(entry.value.datasetReference);
  return isHidden(entry.kind === 'table' ? entry.value.resource.tableReference : entry.value.routineReference);
}
