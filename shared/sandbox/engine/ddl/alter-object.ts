import type { AlterStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { patchDataset } from '../catalog/dataset-operations.ts';
import { patchTable } from '../catalog/table-operations.ts';
import { createInvalidQuery, createNotFound, datasetText, tableText } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TableReference } from '../resource.ts';
import { alterColumns } from './alter-columns.ts';
import { checkNoTransaction, toDatasetTarget, toTarget } from './ddl-target.ts';
import { optionValues, toResourceOptions } from './option-values.ts';
import { renameTable } from './rename-table.ts';

export async function alterObject(context: StatementContext, statement: AlterStatement): Promise<OutcomeFacts | undefined> {
  checkNoTransaction(context, `ALTER ${statement.objectType}`);
  if (statement.objectType === 'SCHEMA') return alterSchema(context, statement);
  return /TABLE|VIEW/.test(statement.objectType) ? alterTable(context, statement) : undefined;
}

async function alterSchema(context: StatementContext, { name, isIfExists, actions }: AlterStatement): Promise<OutcomeFacts> {
  const { core } = context.world;
  const target = toDatasetTarget(context, name);
  if (!core.state.dataset(target)) {
    if (isIfExists) return { ddlTargetDataset: target, ddlOperationPerformed: 'SKIP' };
    throw createNotFound('Dataset', datasetText(target), core.location);
  }
  for (const action of actions) {
    if (action.kind !== 'SetOptionsAction') continue;
    await patchDataset(core, target, toResourceOptions(await optionValues(context, action.options)));
  }
  return { ddlTargetDataset: target, ddlOperationPerformed: 'ALTER' };
}

async function alterTable(context: StatementContext, { name, isIfExists, actions }: AlterStatement): Promise<OutcomeFacts> {
  const { core } = context.world;
  let target: TableReference = toTarget(context, name);
  if (!core.state.table(target)) {
    if (isIfExists) return { ddlTargetTable: target, ddlOperationPerformed: 'SKIP' };
    throw createNotFound('Table', tableText(target), core.location);
  }
  for (const action of actions) {
    switch (action.kind) {
      case 'SetOptionsAction':
        await patchTable(core, target, toResourceOptions(await optionValues(context, action.options)));
        break;
      case 'RenameToAction':
        target = await renameTable(core, target, action.to);
        break;
      case 'AddConstraintAction':
        if (action.constraint.kind === 'PrimaryKey') {
          await patchTable(core, target, {
            tableConstraints: { primaryKey: { columns: action.constraint.columns.map((each) => each.name) } },
          });
        }
        break;
      case 'DropPrimaryKeyAction':
      case 'DropConstraintAction':
        await patchTable(core, target, { tableConstraints: null });
        break;
      case 'SetCollateAction':
        break;
      case 'AddColumnAction':
      case 'DropColumnAction':
      case 'RenameColumnAction':
      case 'AlterColumnAction':
        await alterColumns(context, target, action);
        break;
      default:
        throw createInvalidQuery(`ALTER TABLE with ${action.kind.replace(/Action$/, '')} is not supported by the sandbox`);
    }
  }
  return { ddlTargetTable: target, ddlOperationPerformed: 'ALTER' };
}
