import { splitPath } from '../../../googlesql/analyze/split-path.ts';
import type { CreateTableStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { toDataset } from '../catalog/dataset-operations.ts';
import { isPlaced, type PlacedTable } from '../catalog/stored-table.ts';
import { planTable } from '../catalog/table-operations.ts';
import { createInvalidQuery } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TablePlan } from './create-table.ts';

/** A table of the script or session: in a hidden dataset, made on the session's own connection, so that it may be part of a transaction. */
export async function createTempTable(
  context: StatementContext,
  statement: CreateTableStatement,
  toPlan: () => Promise<TablePlan>,
): Promise<OutcomeFacts> {
  const { session, world } = context;
  const path = splitPath(statement.name);
  const tableId = path.at(-1)!;
  if (path.length > 1 && !/^_session$/i.test(path[0]!))
    throw createInvalidQuery(`CREATE TEMP TABLE ${path.join('.')}: a temporary table has no dataset`);
  const existing = session.tempTables.get(tableId);
  const ddlTargetTable = { ...session.tempDataset, tableId };
  if (existing && statement.isIfNotExists) return { ddlTargetTable, ddlOperationPerformed: 'SKIP' };
  if (existing && !statement.isOrReplace) throw createInvalidQuery(`Already Exists: Table ${tableId}`);
  const plan = await toPlan();
  const table = await world.javascript.settle(session.connection, plan.source?.routines ?? [], { text: plan.source?.text ?? '' }, () =>
    session.connection.transaction(() => fillTable(context, tableId, plan)),
  );
  if (existing && isPlaced(existing)) await world.core.dropDuckTable(session.connection, existing);
  session.tempTables.set(tableId, table);
  world.core.state.putTable(table);
  return { ...plan.facts, ddlTargetTable, ddlOperationPerformed: existing ? 'REPLACE' : 'CREATE' };
}

async function fillTable({ session, world }: StatementContext, tableId: string, plan: TablePlan): Promise<PlacedTable> {
  const { core } = world;
  const { tempDataset, connection } = session;
  if (!core.state.dataset(tempDataset)) core.state.putDataset(toDataset(core, { datasetReference: tempDataset }, String(Date.now())));
  await core.createSchema(connection, tempDataset);
  const input = { ...plan.shape, tableReference: { ...tempDataset, tableId }, schema: plan.schema };
  const table = { ...planTable(core, input), ...(plan.isValueTable && { isValueTable: true }) } as PlacedTable;
  await core.createDuckTable(connection, table);
  await plan.fill(connection, table);
  return table;
}
