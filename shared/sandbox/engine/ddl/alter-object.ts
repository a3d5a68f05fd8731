import type { AlterStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { patchDataset } from '../catalog/dataset-operations.ts';
import { patchTable } from '../catalog/table-operations.ts';
import { createInvalidQuery, createNotFound, datasetText, tableText } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { Labels, TableReference } from '../resource.ts';
import { alterColumns } from './alter-columns.ts';
import { checkNoTransaction, toDatasetTarget, toTarget } from './ddl-target.ts';
import { checkOptions, type OptionValues, optionValues, toNestedOptions, toResourceOptions } from './option-values.ts';
import { renameTable } from './rename-table.ts';
import { alterConstraints, type TableConstraints } from './table-constraints.ts';

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
    const values = await optionValues(context, action.options);
    checkOptions(values);
    await patchDataset(core, target, replacing(core.state.dataset(target)?.labels, toResourceOptions(values)));
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
        await setTableOptions(context, target, await optionValues(context, action.options));
        break;
      case 'RenameToAction':
        target = await renameTable(core, target, action.to);
        break;
      case 'AddConstraintAction':
      case 'DropPrimaryKeyAction':
      case 'DropConstraintAction': {
        const old = core.state.table(target)!.resource.tableConstraints as TableConstraints | undefined;
        await patchTable(core, target, { tableConstraints: alterConstraints(context, old ?? {}, action) });
        break;
      }
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

async function setTableOptions({ world }: StatementContext, target: TableReference, values: OptionValues): Promise<void> {
  checkOptions(values);
  const { resource } = world.core.state.table(target)!;
  await patchTable(world.core, target, replacing(resource.labels, { ...toResourceOptions(values), ...toNestedOptions(values, resource) }));
}

/** SET OPTIONS (labels = …) replaces all of them, where a PATCH adds to them. */
function replacing(old: Labels | undefined, patch: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { labels } = patch;
  if (!labels) return patch;
  const removed = Object.fromEntries(Object.keys(old ?? {}).map((name) => [name, null]));
  return { ...patch, labels: { ...removed, ...labels } };
}
