import type { UndropStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { restoreDataset } from '../catalog/dataset-operations.ts';
import { createInvalidQuery } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { checkNoTransaction, toDatasetTarget } from './ddl-target.ts';

export async function undropSchema(context: StatementContext, statement: UndropStatement): Promise<OutcomeFacts> {
  if (statement.objectType !== 'SCHEMA') throw createInvalidQuery(`UNDROP ${statement.objectType} is not supported`);
  if (statement.systemTime) throw createInvalidQuery('UNDROP SCHEMA with FOR SYSTEM_TIME AS OF is not supported by the sandbox');
  checkNoTransaction(context, 'UNDROP SCHEMA');
  const { core } = context.world;
  const target = toDatasetTarget(context, statement.name);
  if (core.state.dataset(target) && statement.isIfNotExists) return { ddlTargetDataset: target, ddlOperationPerformed: 'SKIP' };
  await restoreDataset(core, target);
  return { ddlTargetDataset: target, ddlOperationPerformed: 'CREATE' };
}
