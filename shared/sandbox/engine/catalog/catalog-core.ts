import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import { type DuckPlace, toDuckName, toDuckTable } from '../duck/duck-name.ts';
import { type Duck, MAIN_DATABASE, RESULT_DATABASE } from '../duck/open-duck.ts';
import { quoteName } from '../duck/quote.ts';
import type { EngineObjects } from '../engine.ts';
import { ExternalTables } from '../load/external-tables.ts';
import type { DatasetReference, DatasetResource, ModelResource, RoutineResource, TableReference, ViewDefinition } from '../resource.ts';
import { type Entry, removeEntry, writeEntry } from './catalog-journal.ts';
import { type CatalogState, isHidden, isResultDataset } from './catalog-state.ts';
import { toDataset } from './dataset-operations.ts';
import { expirePartitions } from './expire-partitions.ts';
import { KeyedLock } from './keyed-lock.ts';
import { isPlaced, type PlacedTable, type StoredTable, toColumnDefinitions } from './stored-table.ts';
import { TableHistory } from './table-history.ts';
import type { TableSizes } from './table-sizes.ts';

export type DroppedDataset = {
  readonly dataset: DatasetResource;
  readonly tables: readonly StoredTable[];
  readonly routines: readonly RoutineResource[];
  readonly models: readonly ModelResource[];
  readonly at: number;
};

/** A view's columns, found by analysing its text in its own dataset. Throws what is wrong with it. */
export type DescribeView = (view: ViewDefinition, home: DatasetReference) => readonly TableFieldSchema[];

/** What the catalogue's operations share: state, its durable form, and the tables in DuckDB beneath. */
export class CatalogCore {
  readonly duck: Duck;
  readonly state: CatalogState;
  readonly sizes: TableSizes;
  readonly location: string;
  readonly #lock = new KeyedLock();
  #tables = 0;
  describeView: DescribeView = () => [];
  /** Files by their `gs://` address. */
  objects: EngineObjects | undefined;
  readonly externals: ExternalTables = new ExternalTables(this);
  readonly history: TableHistory;
  /** Datasets that were dropped since the start, for UNDROP. */
  readonly dropped = new Map<string, DroppedDataset>();
  /** Changes whenever a view or a routine does. */
  definitions = 0;

  constructor(duck: Duck, state: CatalogState, sizes: TableSizes, location: string, history = new TableHistory(duck)) {
    this.duck = duck;
    this.state = state;
    this.sizes = sizes;
    this.location = location;
    this.history = history;
  }

  /** One change at a time: a name that was free stays free until the change is durable. */
  change<Value>(work: (connection: DuckConnection) => Promise<Value>): Promise<Value> {
    return this.#lock.run('catalog', () => this.duck.use((connection) => connection.transaction(() => work(connection))));
  }

  /**
   * A place nobody has had before: replacing a table is creating another one and swapping, so that readers of the old one are never disturbed.
   * The numbers are for humans; uniqueness across restarts comes from the clock.
   */
  createPlace(reference: TableReference): DuckPlace {
    const database = databaseOf(reference);
    const table = `${toDuckName(reference.tableId)}#${Date.now().toString(36)}.${(this.#tables++).toString(36)}`;
    return { database, schema: toSchemaName(reference), table };
  }

  async createSchema(connection: DuckConnection, reference: DatasetReference): Promise<void> {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${databaseOf(reference)}.${quoteName(toSchemaName(reference))}`);
  }

  async dropSchema(connection: DuckConnection, reference: DatasetReference): Promise<void> {
    await connection.run(`DROP SCHEMA IF EXISTS ${databaseOf(reference)}.${quoteName(toSchemaName(reference))} CASCADE`);
  }

  /** A dataset nobody lists; opened once. */
  async openHiddenDataset(reference: DatasetReference): Promise<void> {
    if (this.state.dataset(reference)) return;
    await this.change(async (connection) => {
      if (this.state.dataset(reference)) return;
      await this.createSchema(connection, reference);
      this.state.putDataset(toDataset(this, { datasetReference: reference }, String(Date.now())));
    });
  }

  async dropHiddenDataset(reference: DatasetReference): Promise<void> {
    if (!this.state.dataset(reference)) return;
    await this.change(async (connection) => {
      await this.dropSchema(connection, reference);
      this.state.removeDataset(reference);
    });
  }

  /** Lets go of tables whose time is over: old results first of all. One change each, since a transaction of DuckDB writes one database. */
  async sweepExpired(): Promise<void> {
    await expirePartitions(this, Date.now());
    for (const value of [...this.state.expired(Date.now())]) {
      await this.change(async (connection) => {
        await this.letGo(connection, value);
        await this.erase(connection, { kind: 'table', value });
        this.state.removeTable(value.resource.tableReference);
      });
    }
  }

  async createDuckTable(connection: DuckConnection, table: PlacedTable): Promise<void> {
    await connection.run(`CREATE TABLE ${toDuckTable(table.place)} (${toColumnDefinitions(table)})`);
  }

  /** A table that is no more: its rows are kept for time travel, except of results and temporary tables. */
  async letGo(connection: DuckConnection, table: StoredTable): Promise<void> {
    if (isHidden(table.resource.tableReference)) await this.dropDuckTable(connection, table);
    else this.history.retire(table);
  }

  async dropDuckTable(connection: DuckConnection, table: StoredTable): Promise<void> {
    if (!isPlaced(table)) return;
    await connection.run(`DROP TABLE IF EXISTS ${toDuckTable(table.place)}`);
    this.sizes.forget(table);
  }

  write(connection: DuckConnection, entry: Entry): Promise<void> {
    return writeEntry(connection, entry);
  }

  erase(connection: DuckConnection, entry: Entry): Promise<void> {
    return removeEntry(connection, entry);
  }
}

/** Temporary tables are written in the client's transactions, which can write one database only; results are not. */
const databaseOf = (reference: DatasetReference): string => (isResultDataset(reference) ? RESULT_DATABASE : MAIN_DATABASE);

const toSchemaName = ({ projectId, datasetId }: DatasetReference): string => `${toDuckName(projectId)}.${toDuckName(datasetId)}`;
