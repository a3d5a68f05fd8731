import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { toPartitionCondition } from '../catalog/partition-key.ts';
import { fieldsOf, isPlaced, type PlacedTable } from '../catalog/stored-table.ts';
import { parseDecorators } from '../catalog/table-decorator.ts';
import { createTable, getTable } from '../catalog/table-operations.ts';
import type { InsertOptions, InsertOutcome, InsertRow, RowError } from '../engine.ts';
import { createInvalid } from '../failure.ts';
import type { TableReference } from '../resource.ts';
import { appendRows } from './append-rows.ts';
import { type EvaluateDefault, evaluateDefaults } from './column-defaults.ts';
import { createParseRow, type ParsedRow } from './parse-row.ts';

/** Streaming inserts remember ids for a minute, as BigQuery's best effort does. */
const INSERT_ID_LIFETIME_MS = 60_000;

export class RowInserter {
  readonly #core: CatalogCore;
  readonly #evaluateDefault: EvaluateDefault;
  /** `table id → when`, in order of time. */
  readonly #seen = new Map<string, number>();

  constructor(core: CatalogCore, evaluateDefault: EvaluateDefault) {
    this.#core = core;
    this.#evaluateDefault = evaluateDefault;
  }

  async insert(reference: TableReference, rows: readonly InsertRow[], options: InsertOptions): Promise<InsertOutcome> {
    if (rows.length === 0) throw createInvalid('No rows present in the request.');
    const { reference: plain, partitionId } = parseDecorators(reference);
    const table = await this.#target(plain, options.templateSuffix);
    if (partitionId !== undefined) toPartitionCondition(table, partitionId);
    const defaults = await evaluateDefaults(table, this.#evaluateDefault);
    const ignoreUnknownValues = options.ignoreUnknownValues ?? false;
    const parse = createParseRow(fieldsOf(table), { ignoreUnknownValues, jsonAsText: true, isStreaming: true, defaults });
    const parsed = rows.map(({ json }) => parse(json));
    const bad = parsed.some(({ faults }) => faults.length > 0);
    const insertErrors = toInsertErrors(parsed, bad && !options.skipInvalidRows);
    if (bad && !options.skipInvalidRows) return { insertErrors };
    const good = rows
      .map((row, index) => ({ row, ...parsed[index]! }))
      .filter(({ row, faults }) => faults.length === 0 && this.#isNew(table, row));
    await this.#core.duck.use((connection) =>
      connection.transaction(() =>
        appendRows(
          connection,
          table,
          good.map(({ values }) => values),
          undefined,
          partitionId,
        ),
      ),
    );
    this.#core.sizes.forget(table);
    this.#core.history.grew(table, BigInt(good.length), { isStreamed: true });
    return { insertErrors };
  }

  /** With a template suffix rows go to `<table><suffix>`, made like the table when it is not there. */
  async #target(reference: TableReference, suffix: string | undefined): Promise<PlacedTable> {
    const template = getTable(this.#core, reference);
    if (suffix === undefined || suffix === '') return checkTarget(template);
    const tableReference = { ...reference, tableId: `${reference.tableId}${suffix}` };
    if (!this.#core.state.table(tableReference)) {
      const { schema, timePartitioning, clustering } = template.resource;
      const shape = { ...(schema && { schema }), ...(timePartitioning && { timePartitioning }), ...(clustering && { clustering }) };
      await createTable(this.#core, { tableReference, ...shape });
    }
    return checkTarget(getTable(this.#core, tableReference));
  }

  #isNew(table: PlacedTable, { insertId }: InsertRow): boolean {
    if (insertId === undefined || insertId === '') return true;
    const now = Date.now();
    for (const [key, at] of this.#seen) {
      if (at > now - INSERT_ID_LIFETIME_MS) break;
      this.#seen.delete(key);
    }
    const key = `${table.resource.id} ${insertId}`;
    if (this.#seen.has(key)) return false;
    this.#seen.set(key, now);
    return true;
  }
}

function checkTarget(table: ReturnType<typeof getTable>): PlacedTable {
  if (!isPlaced(table) || table.resource.type !== 'TABLE')
    throw createInvalid(`Cannot add rows to a table of type ${table.resource.type}.`);
  if (fieldsOf(table).length === 0) throw new BigQueryError({ reason: 'invalid', message: 'The destination table has no schema.' });
  return table;
}

/** The bad rows first; where one stops all, the good ones say so after them. */
function toInsertErrors(parsed: readonly ParsedRow[], stopsAll: boolean): InsertOutcome['insertErrors'] {
  const indexed = parsed.map(({ faults }, index) => ({ index, errors: faults.map(toRowError) }));
  const [bad, good] = [indexed.filter(({ errors }) => errors.length > 0), indexed.filter(({ errors }) => errors.length === 0)];
  return stopsAll ? [...bad, ...good.map(({ index }) => ({ index, errors: [stopped] }))] : bad;
}

const stopped: RowError = { reason: 'stopped', location: '', debugInfo: '', message: '' };

const toRowError = ({ location, message }: { location: string; message: string }): RowError => ({
  reason: 'invalid',
  location,
  debugInfo: '',
  message,
});
