import type { DuckConnection } from '../duck/duck-connection.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import type { Duck } from '../duck/open-duck.ts';
import { quoteName } from '../duck/quote.ts';
import { toColumnSize } from './logical-size.ts';
import { fieldsOf, isPlaced, type PlacedTable, type StoredTable, toDuckRelation, typeOfField } from './stored-table.ts';

type Measured = { rows?: bigint; readonly bytesByColumn: Map<string, bigint> };

/** Rows and bytes of tables, counted when asked for and kept until the table changes. */
export class TableSizes {
  readonly #duck: Duck;
  readonly #measured = new Map<string, Measured>();

  constructor(duck: Duck) {
    this.#duck = duck;
  }

  /** After anything that writes rows. */
  forget(table: StoredTable): void {
    if (!isPlaced(table)) return;
    const own = toDuckTable(table.place);
    for (const key of this.#measured.keys()) if (key.includes(own)) this.#measured.delete(key);
  }

  /** After a transaction, which may have written anything. */
  forgetAll(): void {
    this.#measured.clear();
  }

  async rows(table: PlacedTable): Promise<bigint> {
    const measured = this.#entry(table);
    measured.rows ??= (
      await this.#duck.use((connection) => connection.rows(`SELECT count(*) FROM ${toDuckRelation(table)}`))
    )[0]![0] as bigint;
    return measured.rows;
  }

  /** Known without counting: whoever filled a result table counted already. */
  setRows(table: PlacedTable, rows: bigint): void {
    this.#entry(table).rows = rows;
  }

  /** Bytes of the named columns, all of them by default. */
  async bytes(table: PlacedTable, columns?: ReadonlySet<string>): Promise<bigint> {
    const fields = fieldsOf(table).filter(({ name }) => columns?.has(name) ?? true);
    const { bytesByColumn } = this.#entry(table);
    const unknown = fields.filter(({ name }) => !bytesByColumn.has(name));
    if (unknown.length > 0) {
      const sizes = unknown.map((field) => toColumnSize(quoteName(field.name), typeOfField(field)));
      const [row] = await this.#duck.use((connection) => connection.rows(`SELECT ${sizes.join(', ')} FROM ${toDuckRelation(table)}`));
      for (const [index, { name }] of unknown.entries()) bytesByColumn.set(name, BigInt(row![index] as bigint));
    }
    return fields.reduce((sum, { name }) => sum + bytesByColumn.get(name)!, 0n);
  }

  /** Of the rows a condition lets through; not kept. `connection`: knows the script's variables. */
  async bytesWhere(table: PlacedTable, where: string, columns?: ReadonlySet<string>, connection?: DuckConnection): Promise<bigint> {
    const fields = fieldsOf(table).filter(({ name }) => columns?.has(name) ?? true);
    if (fields.length === 0) return 0n;
    const sizes = fields.map((field) => toColumnSize(quoteName(field.name), typeOfField(field)));
    const sql = `SELECT ${sizes.join(', ')} FROM ${toDuckRelation(table)} WHERE ${where}`;
    const measure = (on: DuckConnection) => on.transaction(() => on.rows(sql));
    const [row] = await (connection ? measure(connection) : this.#duck.use(measure));
    return row!.reduce<bigint>((sum, size) => sum + BigInt(size as bigint), 0n);
  }

  #entry(table: PlacedTable): Measured {
    const key = toDuckRelation(table);
    const found = this.#measured.get(key);
    if (found) return found;
    const created: Measured = { bytesByColumn: new Map() };
    this.#measured.set(key, created);
    return created;
  }
}
