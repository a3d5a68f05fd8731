import { splitPath } from '../../../googlesql/analyze/split-path.ts';
import type { PathExpression } from '../../../googlesql/syntax/ast.ts';
import { createDataset } from '../catalog/dataset-operations.ts';
import { createInvalidQuery, createNotFound, datasetText } from '../failure.ts';
import { resolveTable } from '../query/analysis-catalog.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { DatasetReference, TableReference } from '../resource.ts';

/** The table, view or routine a DDL statement names. */
export function toTarget(context: StatementContext, path: PathExpression): TableReference {
  const names = splitPath(path);
  const target = resolveTable(names, context.defaults);
  if (target) return target;
  throw createInvalidQuery(`Table "${names.join('.')}" must be qualified with a dataset (e.g. dataset.table).`);
}

/**
 * The same, in a dataset that is there. A statement that creates something makes its dataset too, which BigQuery does not: scripts written for other
 * emulators count on it. `strictDatasets` gives BigQuery's own answer.
 */
export async function toTargetInDataset(context: StatementContext, path: PathExpression): Promise<TableReference> {
  const target = toTarget(context, path);
  const { core, options } = context.world;
  if (core.state.dataset(target)) return target;
  if (options.strictDatasets) throw createNotFound('Dataset', datasetText(target), core.location);
  await createDataset(core, { datasetReference: target }).catch((error: unknown) => {
    if (!core.state.dataset(target)) throw error;
  });
  return target;
}

export function toDatasetTarget(context: StatementContext, path: PathExpression): DatasetReference {
  const names = splitPath(path);
  const projectId = names.length > 1 ? names.slice(0, -1).join('.') : context.request.projectId;
  return { projectId, datasetId: names.at(-1)! };
}

/** Transactions may hold DDL on temporary things only. */
export function checkNoTransaction({ session }: StatementContext, statement: string): void {
  if (session.transactionId === undefined) return;
  throw createInvalidQuery(`${statement} is not supported inside a transaction: only temporary tables and functions may be created in one`);
}
