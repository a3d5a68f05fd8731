import { splitPath } from '../../../googlesql/analyze/split-path.ts';
import type { DropStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { deleteDataset } from '../catalog/dataset-operations.ts';
import { deleteModel } from '../catalog/model-operations.ts';
import { deleteRoutine } from '../catalog/routine-operations.ts';
import { deleteTable } from '../catalog/table-operations.ts';
import { createInvalidQuery, createNotFound, datasetText, modelText, routineText, tableText } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TableType } from '../resource.ts';
import { checkNoTransaction, toDatasetTarget, toTarget } from './ddl-target.ts';

const tableTypes: Readonly<Record<string, TableType>> = {
  TABLE: 'TABLE',
  VIEW: 'VIEW',
  'MATERIALIZED VIEW': 'MATERIALIZED_VIEW',
  'SNAPSHOT TABLE': 'SNAPSHOT',
  'EXTERNAL TABLE': 'EXTERNAL',
};

export async function dropObject(context: StatementContext, statement: DropStatement): Promise<OutcomeFacts | undefined> {
  if (!statement.name) return undefined;
  if (statement.objectType === 'SCHEMA') return dropSchema(context, statement);
  if (tableTypes[statement.objectType]) return dropTable(context, statement, tableTypes[statement.objectType]!);
  if (statement.objectType === 'MODEL') return dropModel(context, statement);
  return /FUNCTION|PROCEDURE/.test(statement.objectType) ? dropRoutine(context, statement) : undefined;
}

async function dropTable(context: StatementContext, { name, isIfExists }: DropStatement, wanted: TableType): Promise<OutcomeFacts> {
  const { session, world } = context;
  const path = splitPath(name!);
  const temporary = path.length === 1 || /^_session$/i.test(path[0]!) ? session.tempTables.get(path.at(-1)!) : undefined;
  if (temporary) {
    await world.core.dropDuckTable(session.connection, temporary);
    session.tempTables.delete(path.at(-1)!);
    return { ddlTargetTable: temporary.resource.tableReference, ddlOperationPerformed: 'DROP' };
  }
  checkNoTransaction(context, 'DROP TABLE');
  const target = toTarget(context, name!);
  const table = world.core.state.table(target);
  if (!table) {
    if (isIfExists) return { ddlTargetTable: target, ddlOperationPerformed: 'SKIP' };
    throw createNotFound('Table', tableText(target), world.core.location);
  }
  if (table.resource.type !== wanted)
    throw createInvalidQuery(`${tableText(target)} is not allowed for this operation because it is currently a ${table.resource.type}.`);
  await deleteTable(world.core, target);
  return { ddlTargetTable: target, ddlOperationPerformed: 'DROP' };
}

async function dropSchema(context: StatementContext, { name, isIfExists, mode }: DropStatement): Promise<OutcomeFacts> {
  checkNoTransaction(context, 'DROP SCHEMA');
  const { core } = context.world;
  const target = toDatasetTarget(context, name!);
  if (!core.state.dataset(target)) {
    if (isIfExists) return { ddlTargetDataset: target, ddlOperationPerformed: 'SKIP' };
    throw createNotFound('Dataset', datasetText(target), core.location);
  }
  await deleteDataset(core, target, mode === 'CASCADE');
  return { ddlTargetDataset: target, ddlOperationPerformed: 'DROP' };
}

async function dropRoutine(context: StatementContext, { name, isIfExists }: DropStatement): Promise<OutcomeFacts> {
  const { core } = context.world;
  const path = splitPath(name!);
  if (path.length === 1 && context.session.tempRoutines.delete(path[0]!)) return { ddlOperationPerformed: 'DROP' };
  const { tableId, ...dataset } = toTarget(context, name!);
  const target = { ...dataset, routineId: tableId };
  if (!core.state.routine(target)) {
    if (isIfExists) return { ddlTargetRoutine: target, ddlOperationPerformed: 'SKIP' };
    throw createNotFound('Routine', routineText(target), core.location);
  }
  await deleteRoutine(core, target);
  return { ddlTargetRoutine: target, ddlOperationPerformed: 'DROP' };
}

async function dropModel(context: StatementContext, { name, isIfExists }: DropStatement): Promise<OutcomeFacts> {
  const { core } = context.world;
  const { tableId: modelId, ...dataset } = toTarget(context, name!);
  const target = { ...dataset, modelId };
  if (!core.state.model(target)) {
    if (isIfExists) return { ddlOperationPerformed: 'SKIP' };
    throw createNotFound('Model', modelText(target), core.location);
  }
  await deleteModel(core, target);
  return { ddlOperationPerformed: 'DROP' };
}
