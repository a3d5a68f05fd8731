import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { CatalogTable } from '../../../googlesql/analyze/catalog.ts';
import { liveColumns } from '../../../googlesql/generate/live-columns.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { toPartitionKey } from '../catalog/partition-key.ts';
import { isPlaced, type PlacedTable, toDuckRelation } from '../catalog/stored-table.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import { quoteText } from '../duck/quote.ts';
import { checkPartitionFilters, findTableReads, isPartitionColumn, type TableRead } from './partition-filters.ts';
import type { Analyzed } from './statement-context.ts';

/**
 * Bytes a statement reads by BigQuery's rules: each column it mentions of each table, as far as its conditions do not rule out partitions and members of a
 * wildcard; of what DML changes, every column. Throws where a table wants a condition on its partitions and has none. `connection`: knows the script's variables.
 */
export async function measureBytes(core: CatalogCore, { resolved, catalog }: Analyzed, connection?: DuckConnection): Promise<bigint> {
  const reads = findTableReads(resolved);
  checkPartitionFilters(reads, catalog);
  const read = columnsRead(resolved);
  const changed = changedTable(resolved);
  let sum = 0n;
  for (const [table, stored] of catalog.stored) {
    const columns = table === changed ? undefined : (read.get(table) ?? new Set<string>());
    const own = reads.filter((each) => each.table === table);
    for (const member of await membersRead(core, stored.filter(isPlaced), own, connection)) {
      // What an open transaction has written is there for its own connection only.
      const where = toPruning(member, own) ?? (connection?.isInTransaction ? 'TRUE' : undefined);
      sum += await (where === undefined ? core.sizes.bytes(member, columns) : measurePart(core, member, where, columns, connection));
    }
  }
  return sum;
}

/** The condition of the partitions that are left, in DuckDB's words; undefined where every one is read. */
function toPruning(member: PlacedTable, reads: readonly TableRead[]): string | undefined {
  const key = toPartitionKey(member);
  if (key === undefined || reads.length === 0) return undefined;
  const conditions = reads.map(({ filters }) =>
    filters.flatMap(({ column, sql }) => (sql !== undefined && isPartitionColumn(member, column) ? [`(${sql})`] : [])).join(' AND '),
  );
  if (conditions.includes('')) return undefined;
  return `${key} IN (SELECT ${key} FROM ${toDuckRelation(member)} WHERE ${conditions.map((each) => `(${each})`).join(' OR ')})`;
}

/** A condition that cannot be computed now rules out nothing. */
async function measurePart(
  core: CatalogCore,
  member: PlacedTable,
  where: string,
  columns: ReadonlySet<string> | undefined,
  connection: DuckConnection | undefined,
): Promise<bigint> {
  return core.sizes.bytesWhere(member, where, columns, connection).catch(() => core.sizes.bytes(member, columns));
}

/** Of a wildcard's tables those whose suffix the conditions allow. */
async function membersRead(
  core: CatalogCore,
  members: readonly PlacedTable[],
  reads: readonly TableRead[],
  connection: DuckConnection | undefined,
): Promise<readonly PlacedTable[]> {
  const prefix = reads[0]?.table.path.tableId.replace(/\*$/, '');
  if (prefix === undefined || prefix === reads[0]!.table.path.tableId) return members;
  const conditions = reads.map(({ filters }) =>
    filters.flatMap(({ column, sql }) => (sql !== undefined && column.column.name === '_TABLE_SUFFIX' ? [`(${sql})`] : [])).join(' AND '),
  );
  if (conditions.includes('')) return members;
  const suffixes = members.map(({ resource }) => `(${quoteText(resource.tableReference.tableId.slice(prefix.length))})`).join(', ');
  const sql = `SELECT "_TABLE_SUFFIX" FROM (VALUES ${suffixes}) AS members("_TABLE_SUFFIX") WHERE ${conditions.map((each) => `(${each})`).join(' OR ')}`;
  const select = (on: DuckConnection): Promise<unknown[][]> => on.transaction(() => on.rows(sql));
  const rows = await (connection ? select(connection) : core.duck.use(select)).catch(() => undefined);
  const left = rows && new Set(rows.map(([suffix]) => String(suffix)));
  return left ? members.filter(({ resource }) => left.has(resource.tableReference.tableId.slice(prefix.length))) : members;
}

/** UPDATE, DELETE and MERGE read and rewrite their table; INSERT and TRUNCATE read nothing of it. */
function changedTable(resolved: Analyzed['resolved']): CatalogTable | undefined {
  if (resolved.kind === 'update' || resolved.kind === 'delete') return resolved.target.table;
  if (resolved.kind !== 'merge') return undefined;
  return resolved.clauses.every(({ action }) => action.kind === 'insert') ? undefined : resolved.target.table;
}

type TableRelation = {
  readonly kind: 'table';
  readonly table: CatalogTable;
  readonly columns: readonly { readonly column: { readonly id: number; readonly name: string } }[];
};

function columnsRead(resolved: Analyzed['resolved']): ReadonlyMap<CatalogTable, Set<string>> {
  const live = liveColumns(resolved);
  const read = new Map<CatalogTable, Set<string>>();
  for (const { table, columns } of tableRelations(resolved)) {
    const names = read.get(table) ?? new Set();
    read.set(table, names);
    for (const { column } of columns) if (live.has(column.id)) names.add(column.name);
  }
  return read;
}

/** Each once: a common table expression is reached from every place that reads it. */
function* tableRelations(root: unknown): Generator<TableRelation> {
  const seen = new Set<object>();
  const pending: unknown[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null || node instanceof Uint8Array || seen.has(node)) continue;
    seen.add(node);
    const record = node as Record<string, unknown>;
    if (record['kind'] === 'table' && 'duckName' in (record['table'] as object)) yield node as TableRelation;
    else for (const [key, value] of Object.entries(record)) if (!NO_RELATIONS.has(key) && value !== undefined) pending.push(value);
  }
}

const NO_RELATIONS: ReadonlySet<string> = new Set(['type', 'signature', 'referencedTables']);

const MEBIBYTE = 1024n * 1024n;
const MINIMUM = 10n * MEBIBYTE;

/** Whole mebibytes, at least ten, nothing for nothing. */
export function toBilledBytes(processed: bigint): bigint {
  if (processed === 0n) return 0n;
  const rounded = ((processed + MEBIBYTE - 1n) / MEBIBYTE) * MEBIBYTE;
  return rounded < MINIMUM ? MINIMUM : rounded;
}

/** Throws where the statement would cost more than the client wants to pay. */
export function checkBilledBytes(processed: bigint, maximumBytesBilled: string | undefined): void {
  if (maximumBytesBilled === undefined || BigInt(maximumBytesBilled) === 0n) return;
  const billed = toBilledBytes(processed);
  if (billed <= BigInt(maximumBytesBilled)) return;
  throw new BigQueryError({
    reason: 'bytesBilledLimitExceeded',
    message: `Query exceeded limit for bytes billed: ${maximumBytesBilled}. ${billed} or higher required.`,
  });
}
