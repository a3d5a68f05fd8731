import { setTimeout as pause } from 'node:timers/promises';
import type { DmlStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { hasPseudoColumns, isPlaced, PARTITION_DATE_COLUMN, PARTITION_TIME_COLUMN, type StoredTable } from '../catalog/stored-table.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName } from '../duck/quote.ts';
import type { DmlStats } from '../engine.ts';
import { createInvalidQuery } from '../failure.ts';
import { checkBilledBytes, measureBytes } from './measure-bytes.ts';
import { type OutcomeFacts, toReferences } from './outcome.ts';
import type { Analyzed, StatementContext } from './statement-context.ts';
import { isConflict } from './translate-error.ts';
import { watchChanges } from './watch-changes.ts';

/** INSERT, UPDATE, DELETE, MERGE, TRUNCATE. Writers of one table queue; inside a transaction they conflict, as in BigQuery. */
export async function runDml(context: StatementContext, statement: DmlStatement): Promise<OutcomeFacts> {
  const { world, session, request } = context;
  const analyzed = context.analyze(statement);
  const bytes = await measureBytes(world.core, analyzed, session.connection);
  checkBilledBytes(bytes, request.maximumBytesBilled);
  const target = targetOf(analyzed);
  checkWritable(target);
  const work = (): Promise<DmlStats> =>
    world.javascript.settle(
      session.connection,
      analyzed.catalog.routines,
      { text: analyzed.duck.sql, isDml: true, ...(request.signal && { signal: request.signal }) },
      () =>
        session.connection.transaction(async () => {
          const stats = await change(context, analyzed);
          await alignPartitionDates(context, target);
          return stats;
        }),
    );
  const isAlone = session.connection.isInTransaction || target === undefined;
  const watched = async (): Promise<DmlStats> => {
    const note = await watchChanges(world.core.history, session, target, onlyGrows(analyzed));
    const stats = isAlone ? await work() : await retryConflicts(work);
    note(countRows(stats));
    return stats;
  };
  const dmlStats = isAlone ? await watched() : await world.writers.run(target.resource.id, watched);
  if (target) world.core.sizes.forget(target);
  const affected = countRows(dmlStats);
  session.system.rowCount = affected;
  const dmlTarget = target && { dmlTargetTable: target.resource.tableReference };
  return { bytes, dmlStats, numDmlAffectedRows: String(affected), ...dmlTarget, ...toReferences(analyzed.catalog) };
}

const countRows = (stats: DmlStats): bigint => Object.values(stats).reduce((sum, count) => sum + BigInt(count), 0n);

const onlyGrows = ({ resolved }: Analyzed): boolean =>
  resolved.kind === 'insert' || (resolved.kind === 'merge' && resolved.clauses.every(({ action }) => action.kind === 'insert'));

function targetOf({ resolved, catalog }: Analyzed): StoredTable | undefined {
  if (resolved.kind === 'query') return undefined;
  const table = resolved.kind === 'insert' ? resolved.table : resolved.target.table;
  return catalog.stored.get(table)?.[0];
}

function checkWritable(target: StoredTable | undefined): void {
  if (target === undefined || target.resource.type === 'TABLE') return;
  const { id, type } = target.resource;
  throw createInvalidQuery(`${id} is not allowed for this operation because it is currently a ${type}.`);
}

async function change(context: StatementContext, { resolved, duck }: Analyzed): Promise<DmlStats> {
  const { connection } = context.session;
  if (resolved.kind === 'merge') return countMerge(context, duck.sql);
  const [row] = await connection.rows(duck.sql, context.signal);
  const count = String(row![0]);
  if (resolved.kind === 'insert') return { insertedRowCount: count };
  return resolved.kind === 'update' ? { updatedRowCount: count } : { deletedRowCount: count };
}

/** `_PARTITIONTIME` may be written and `_PARTITIONDATE` follows. */
async function alignPartitionDates({ session }: StatementContext, target: StoredTable | undefined): Promise<void> {
  if (!target || !isPlaced(target) || !hasPseudoColumns(target)) return;
  const [date, time] = [quoteName(PARTITION_DATE_COLUMN), `CAST(${quoteName(PARTITION_TIME_COLUMN)} AS DATE)`];
  await session.connection.run(`UPDATE ${toDuckTable(target.place)} SET ${date} = ${time} WHERE ${date} IS DISTINCT FROM ${time}`);
}

/** DuckDB tells what a MERGE did with each row; only the tally comes here. */
async function countMerge({ session, signal }: StatementContext, sql: string): Promise<DmlStats> {
  const counts: Record<string, bigint> = { INSERT: 0n, UPDATE: 0n, DELETE: 0n };
  for await (const chunk of session.connection.chunks(`${sql} RETURNING merge_action`, signal)) {
    for (const action of chunk.getColumnValues(0)) counts[String(action)] = (counts[String(action)] ?? 0n) + 1n;
  }
  return {
    insertedRowCount: String(counts['INSERT']),
    updatedRowCount: String(counts['UPDATE']),
    deletedRowCount: String(counts['DELETE']),
  };
}

const ATTEMPTS = 8;

/** Another transaction held rows of the table: BigQuery waits for it, within reason. */
async function retryConflicts<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      await pause(10 * 2 ** attempt);
    }
  }
}
