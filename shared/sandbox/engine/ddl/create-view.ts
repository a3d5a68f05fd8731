import type { CreateViewStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { createTable, deleteTable } from '../catalog/table-operations.ts';
import { createDuplicate, createInvalidQuery, tableText } from '../failure.ts';
import { type OutcomeFacts, toReferences } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TableInput } from '../resource.ts';
import { checkNoTransaction, toTargetInDataset } from './ddl-target.ts';
import { optionValues, toResourceOptions } from './option-values.ts';

export async function createView(context: StatementContext, statement: CreateViewStatement): Promise<OutcomeFacts> {
  checkNoTransaction(context, statement.statementType.replaceAll('_', ' '));
  if (!statement.query) throw createInvalidQuery('CREATE MATERIALIZED VIEW AS REPLICA is not supported by the sandbox');
  const { core } = context.world;
  const target = await toTargetInDataset(context, statement.name);
  const existing = core.state.table(target);
  if (existing && statement.isIfNotExists) return { ddlTargetTable: target, ddlOperationPerformed: 'SKIP' };
  if (existing && !statement.isOrReplace) throw createDuplicate('Table', tableText(target));
  const { catalog, duck } = context.analyze(statement.query);
  const options = statement.options ? toResourceOptions(await optionValues(context, statement.options)) : {};
  const view = { query: context.slice(statement.query), useLegacySql: false };
  const input: TableInput = { ...options, tableReference: target, ...(statement.isMaterialized ? { materializedView: view } : { view }) };
  const names = statement.columns.map(({ name }) => name.name);
  if (names.length > 0 && names.length !== duck.columns.length) {
    throw createInvalidQuery(`CREATE VIEW column list has ${names.length} columns but the query has ${duck.columns.length}`);
  }
  if (existing) await deleteTable(core, target);
  await createTable(core, input, names);
  return { ddlTargetTable: target, ddlOperationPerformed: existing ? 'REPLACE' : 'CREATE', ...toReferences(catalog) };
}
