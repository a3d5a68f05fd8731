import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { CatalogTable } from '../../../googlesql/analyze/catalog.ts';
import { liveColumns } from '../../../googlesql/generate/live-columns.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { isPlaced } from '../catalog/stored-table.ts';
import type { Analyzed } from './statement-context.ts';

/** Bytes a statement reads by BigQuery's rules: each column it mentions of each table, whole; what DML changes, all of it. */
export async function measureBytes(core: CatalogCore, { resolved, catalog }: Analyzed): Promise<bigint> {
  const read = columnsRead(resolved);
  const changed = changedTable(resolved);
  let sum = 0n;
  for (const [table, members] of catalog.stored) {
    const columns = table === changed ? undefined : (read.get(table) ?? new Set<string>());
    for (const member of members.filter(isPlaced)) sum += await core.sizes.bytes(member, columns);
  }
  return sum;
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

function* tableRelations(node: unknown): Generator<TableRelation> {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return;
  const record = node as Record<string, unknown>;
  if (record['kind'] === 'table' && 'duckName' in (record['table'] as object)) {
    yield node as TableRelation;
    return;
  }
  for (const [key, value] of Object.entries(record)) {
    if (key === 'type' || key === 'signature' || key === 'referencedTables') continue;
    yield* tableRelations(value);
  }
}

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
