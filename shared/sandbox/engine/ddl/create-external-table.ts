import type { CreateExternalTableStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { createTable, deleteTable } from '../catalog/table-operations.ts';
import { createDuplicate, createInvalidQuery, tableText } from '../failure.ts';
import { toExternalConfig } from '../load/external-config.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { toColumnSchema } from './column-schema.ts';
import { checkNoTransaction, toTargetInDataset } from './ddl-target.ts';
import { optionValues, toResourceOptions } from './option-values.ts';

export async function createExternalTable(context: StatementContext, statement: CreateExternalTableStatement): Promise<OutcomeFacts> {
  checkNoTransaction(context, 'CREATE EXTERNAL TABLE');
  if (statement.connection) throw createInvalidQuery('CREATE EXTERNAL TABLE with CONNECTION is not supported by the sandbox');
  if (statement.partitionColumns) throw createInvalidQuery('CREATE EXTERNAL TABLE with PARTITION COLUMNS is not supported by the sandbox');
  const { core } = context.world;
  const target = await toTargetInDataset(context, statement.name);
  const existing = core.state.table(target);
  if (existing && statement.isIfNotExists) return { ddlTargetTable: target, ddlOperationPerformed: 'SKIP' };
  if (existing && !statement.isOrReplace) throw createDuplicate('Table', tableText(target));
  const values = statement.options ? await optionValues(context, statement.options) : {};
  const fields = await Promise.all(statement.columns.map((column) => toColumnSchema(context, column)));
  const input = {
    ...toResourceOptions(values),
    tableReference: target,
    externalDataConfiguration: toExternalConfig(values),
    ...(fields.length > 0 && { schema: { fields } }),
  };
  if (existing) await deleteTable(core, target);
  await createTable(core, input);
  return { ddlTargetTable: target, ddlOperationPerformed: existing ? 'REPLACE' : 'CREATE' };
}
