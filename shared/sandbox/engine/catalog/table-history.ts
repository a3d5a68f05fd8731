import type { DuckConnection } from '../duck/duck-connection.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { type Duck, RESULT_DATABASE } from '../duck/open-duck.ts';
import { quoteName } from '../duck/quote.ts';
import { createInvalid, createNotFound, tableText } from '../failure.ts';
import type { TableReference } from '../resource.ts';
import { isHidden } from './catalog-state.ts';
import { nowMicros } from './now-micros.ts';
import { fieldsOf, isPlaced, type PlacedTable, type StoredTable } from './stored-table.ts';

/** Rows that came to the end of a table, and when. All times here are epoch microseconds. */
type Growth = { readonly at: number; readonly rows: bigint; readonly isStreamed: boolean };
/** What a table held from `from` on, as long as it only grew. */
type Stretch = { readonly from: number; readonly growth: Growth[] };
/** A stretch that is over; its rows are in a table that nobody else knows. */
type Version = Stretch & { readonly until: number; readonly table: PlacedTable; readonly bytes: number };

const SEVEN_DAYS = 7 * 86_400_000_000;
const DEFAULT_BUDGET_BYTES = 512 * 1024 ** 2;
/** Up to here a table is copied before each statement that rewrites it; above, no more often than the copying stays cheap; beyond the last, never. */
const SMALL_BYTES = 8 * 1024 ** 2;
const LARGE_BYTES = 128 * 1024 ** 2;
const COPYING_SHARE = 0.2;
const MAX_GROWTHS = 10_000;
/** How long streamed rows are in the buffer. BigQuery says up to 90 minutes. */
const BUFFER_MICROS = 60_000_000;

/**
 * Time travel: what tables held in the last seven days, as far as the sandbox has seen it since it started and has room for. Growing costs nothing: an earlier
 * state is the first so many rows. What is replaced or dropped is kept instead. What is rewritten in place is copied first, within bounds; a time that was not
 * kept is an error, never another time's rows.
 */
export class TableHistory {
  readonly #duck: Duck;
  readonly #startedAt = nowMicros();
  readonly #budgetBytes: number;
  readonly #current = new Map<string, Stretch>();
  readonly #versions = new Map<string, Version[]>();
  readonly #counters = new Map<string, number>();
  readonly #modified = new Map<string, number>();
  #copies = 0;
  #lastCopy = { endedAt: 0, tookMs: 0 };

  constructor(duck: Duck, budgetBytes = DEFAULT_BUDGET_BYTES) {
    this.#duck = duck;
    this.#budgetBytes = budgetBytes;
  }

  /** A number that changes whenever the table's rows or columns do. */
  counterOf(id: string): number {
    return this.#counters.get(id) ?? 0;
  }

  /** When rows were last written, in epoch milliseconds; undefined when not since the start. */
  modifiedAt(id: string): number | undefined {
    return this.#modified.get(id);
  }

  /** The table is another one from now on: made, replaced, or of another shape. */
  began(table: StoredTable): void {
    this.#touch(table.resource.id);
    this.#current.set(table.resource.id, { from: nowMicros(), growth: [] });
  }

  grew(table: StoredTable, rows: bigint, { isStreamed = false } = {}): void {
    const { id } = table.resource;
    this.#touch(id);
    const stretch = this.#stretchOf(id);
    stretch.growth.push({ at: nowMicros(), rows, isStreamed });
    if (stretch.growth.length > MAX_GROWTHS) this.#current.set(id, { from: nowMicros(), growth: [] });
  }

  /** Keeps the rows of a table that is replaced or dropped, in place. Whoever calls this does not drop them. */
  retire(table: StoredTable): void {
    if (!isPlaced(table)) return;
    const { id } = table.resource;
    const { from, growth } = this.#stretchOf(id);
    this.#current.delete(id);
    this.#touch(id);
    this.#add(id, { from, growth, until: nowMicros(), table, bytes: 0 });
    this.#measure(id, table);
  }

  /**
   * To be called before a statement changes or removes rows, while the table still has them. What it answers is to be called when that is committed; not at
   * all when nothing changed.
   */
  async preserve(table: PlacedTable): Promise<() => void> {
    const { id, tableReference } = table.resource;
    const stretch = this.#stretchOf(id);
    const growth = [...stretch.growth];
    const copy = isHidden(tableReference) ? undefined : await this.#copy(table);
    return () => {
      this.#touch(id);
      const until = nowMicros();
      if (copy) this.#add(id, { from: stretch.from, growth, until, table: { ...table, place: copy.place }, bytes: copy.bytes });
      this.#current.set(id, { from: until, growth: [] });
    };
  }

  /** The table as it was. `at`: epoch microseconds. Throws BigQuery's own error for a time that is not kept. */
  find(reference: TableReference, current: StoredTable | undefined, at: number): StoredTable {
    const id = tableText(reference);
    const time = toMillis(at);
    if (at > nowMicros()) throw createInvalid(`Invalid snapshot time ${time} for table ${id}@${time}. Cannot read in the future.`);
    const stretch = current && this.#stretchOf(id);
    if (stretch && at >= stretch.from) return withoutGrowth(current, stretch.growth, at);
    const versions = this.#versions.get(id) ?? [];
    const version = versions.find(({ from, until }) => from <= at && at < until);
    if (version) return withoutGrowth(version.table, version.growth, at);
    const earliest = [...versions.filter(({ from }) => from > at).map(({ from }) => from), ...(stretch ? [stretch.from] : [])];
    if (earliest.length === 0) throw createNotFound('Table', `${id}@${time}`);
    throw createInvalid(`Invalid snapshot time ${time} for table ${id}@${time}. Cannot read before ${toMillis(Math.min(...earliest))}.`);
  }

  /** The table as copies see it: what was streamed a moment ago is not there yet. */
  withoutBuffer<Table extends StoredTable>(table: Table): Table {
    const { growth } = this.#stretchOf(table.resource.id);
    const since = nowMicros() - BUFFER_MICROS;
    const settled = growth.findLast(({ at, isStreamed }) => !isStreamed || at < since);
    return withoutGrowth(table, growth, settled?.at ?? 0);
  }

  /** `@0`: the oldest state that is kept. */
  earliest(reference: TableReference, current: StoredTable | undefined): number {
    const [oldest] = this.#versions.get(tableText(reference)) ?? [];
    return oldest?.from ?? (current ? this.#stretchOf(tableText(reference)).from : 0);
  }

  /** The last state of a table that is gone; undefined when nothing of it is kept. */
  last(reference: TableReference): PlacedTable | undefined {
    return this.#versions.get(tableText(reference))?.at(-1)?.table;
  }

  /** Under another name, or described otherwise: what was kept under the old one stays there. */
  forgot(id: string): void {
    this.#touch(id);
    this.#current.delete(id);
  }

  /** A dropped table is there again, with its own rows: they are no version any more. */
  revive(table: PlacedTable): void {
    const { id } = table.resource;
    const versions = this.#versions.get(id) ?? [];
    const version = versions.find((each) => each.table.place === table.place);
    this.#versions.set(
      id,
      versions.filter((each) => each !== version),
    );
    this.began(table);
  }

  #touch(id: string): void {
    this.#counters.set(id, this.counterOf(id) + 1);
    this.#modified.set(id, Date.now());
  }

  #stretchOf(id: string): Stretch {
    const known = this.#current.get(id);
    if (known) return known;
    const stretch = { from: this.#startedAt, growth: [] };
    this.#current.set(id, stretch);
    return stretch;
  }

  #add(id: string, version: Version): void {
    const versions = this.#versions.get(id) ?? [];
    versions.push(version);
    this.#versions.set(id, versions);
    this.#trim();
  }

  /** Old versions go, then the oldest until the rest fits. */
  #trim(): void {
    const all = [...this.#versions].flatMap(([id, versions]) => versions.map((version) => ({ id, version })));
    all.sort((a, b) => a.version.until - b.version.until);
    let bytes = all.reduce((sum, { version }) => sum + version.bytes, 0);
    const oldest = nowMicros() - SEVEN_DAYS;
    for (const { id, version } of all) {
      if (version.until >= oldest && bytes <= this.#budgetBytes) return;
      bytes -= version.bytes;
      this.#drop(id, version);
    }
  }

  #drop(id: string, version: Version): void {
    this.#versions.set(
      id,
      this.#versions.get(id)!.filter((each) => each !== version),
    );
    // A reader may still be at it; what cannot be dropped now goes when the sandbox starts again.
    this.#duck.run(`DROP TABLE IF EXISTS ${toDuckTable(version.table.place)}`).catch(() => {});
  }

  /** In the background: nobody waits for the size of what they replaced. */
  #measure(id: string, table: PlacedTable): void {
    this.#duck
      .use((connection) => estimateBytes(connection, table))
      .then((bytes) => {
        const versions = this.#versions.get(id) ?? [];
        const index = versions.findIndex((each) => each.table.place === table.place);
        if (index < 0) return;
        versions[index] = { ...versions[index]!, bytes };
        this.#trim();
      })
      .catch(() => {});
  }

  /** Results and copies live in a database of their own, which does not outlive the sandbox. */
  async #copy(table: PlacedTable): Promise<{ readonly place: PlacedTable['place']; readonly bytes: number } | undefined> {
    return this.#duck.use(async (connection) => {
      const bytes = await estimateBytes(connection, table);
      if (!this.#mayCopy(bytes)) return undefined;
      const place = { database: RESULT_DATABASE, schema: '#history', table: `v${this.#copies++}` };
      const startedAt = performance.now();
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(place.database)}.${quoteName(place.schema)}`);
      await connection.run(`CREATE TABLE ${toDuckTable(place)} AS SELECT * FROM ${toDuckTable(table.place)}`);
      this.#lastCopy = { endedAt: performance.now(), tookMs: performance.now() - startedAt };
      return { place, bytes };
    });
  }

  #mayCopy(bytes: number): boolean {
    if (bytes <= SMALL_BYTES) return true;
    const { endedAt, tookMs } = this.#lastCopy;
    return bytes <= Math.min(LARGE_BYTES, this.#budgetBytes) && performance.now() - endedAt >= tookMs / COPYING_SHARE;
  }
}

const toMillis = (micros: number): number => Math.floor(micros / 1000);

/** The first rows only: those that were there by then. */
function withoutGrowth<Table extends StoredTable>(table: Table, growth: readonly Growth[], at: number): Table {
  const later = growth.filter((each) => each.at > at).reduce((sum, { rows }) => sum + rows, 0n);
  return later === 0n ? table : { ...table, window: { ...table.window, dropLast: later } };
}

const wideTypes = new Set(['STRING', 'BYTES', 'JSON', 'GEOGRAPHY']);

/** Rough, from the count that DuckDB knows without reading. */
async function estimateBytes(connection: DuckConnection, table: PlacedTable): Promise<number> {
  const [row] = await connection.rows(`SELECT count(*) FROM ${toDuckTable(table.place)}`);
  const width = fieldsOf(table).reduce(
    (sum, { type, mode, fields }) => sum + (fields || mode === 'REPEATED' ? 64 : wideTypes.has(type) ? 24 : 8),
    0,
  );
  return Number(row![0]) * width;
}
