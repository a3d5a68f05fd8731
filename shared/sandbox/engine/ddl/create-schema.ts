import type { CreateSchemaStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { createDataset, deleteDataset } from '../catalog/dataset-operations.ts';
import { createDuplicate, datasetText } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { checkNoTransaction, toDatasetTarget } from './ddl-target.ts';
import { optionValues, toResourceOptions } from './option-values.ts';

export async function createSchema(context: StatementContext, statement: CreateSchemaStatement): Promise<OutcomeFacts> {
  checkNoTransaction(context, 'CREATE SCHEMA');
  const { core } = context.world;
  const target = toDatasetTarget(context, statement.name);
  const existing = core.state.dataset(target);
  if (existing && statement.isIfNotExists) return { ddlTargetDataset: target, ddlOperationPerformed: 'SKIP' };
  if (existing && !statement.isOrReplace) throw createDuplicate('Dataset', datasetText(target));
  const options = statement.options ? toResourceOptions(await optionValues(context, statement.options)) : {};
  if (existing) await deleteDataset(core, target, true);
  await createDataset(core, { ...options, datasetReference: target });
  return { ddlTargetDataset: target, ddlOperationPerformed: existing ? 'REPLACE' : 'CREATE' };
}
