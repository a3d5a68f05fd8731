import type { CreateViewStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { createTable, deleteTable } from '../catalog/table-operations.ts';
import { createDuplicate, createInvalidQuery, tableText } from '../failure.ts';
import { type OutcomeFacts, toReferences } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TableInput, TableSchema } from '../resource.ts';
import { checkNoTransaction, toTargetInDataset } from './ddl-target.ts';
import { checkOptions, optionValues, toNestedOptions, toResourceOptions } from './option-values.ts';
import { toPartitioning } from './partitioning.ts';

export async function createView(context: StatementContext, statement: CreateViewStatement): Promise<OutcomeFacts> {
  checkNoTransaction(context, statement.statementType.replaceAll('_', ' '));
  if (!statement.query) throw createInvalidQuery('CREATE MATERIALIZED VIEW AS REPLICA is not supported by the sandbox');
  const { core } = context.world;
  const target = await toTargetInDataset(context, statement.name);
  const existing = core.state.table(target);
  if (existing && statement.isIfNotExists) return { ddlTargetTable: target, ddlOperationPerformed: 'SKIP' };
  if (existing && !statement.isOrReplace) throw createDuplicate('Table', tableText(target));
  const { catalog, duck } = context.analyze(statement.query);
  const values = statement.options ? await optionValues(context, statement.options) : {};
  checkOptions(values);
  const view = { query: context.slice(statement.query), useLegacySql: false };
  const partitioning = toPartitioning(context, statement.partitionBy, statement.clusterBy);
  const shape: Partial<TableInput> = statement.isMaterialized ? { materializedView: view, ...partitioning } : { view };
  const options = { ...toResourceOptions(values), ...toNestedOptions(values, shape) };
  const schema = await describedColumns(context, statement);
  const input: TableInput = { ...shape, ...options, tableReference: target, ...(schema && { schema }) };
  const names = statement.columns.map(({ name }) => name.name);
  if (names.length > 0 && names.length !== duck.columns.length) {
    throw createInvalidQuery(`CREATE VIEW column list has ${names.length} columns but the query has ${duck.columns.length}`);
  }
  if (existing) await deleteTable(core, target);
  await createTable(core, input, names);
  return { ddlTargetTable: target, ddlOperationPerformed: existing ? 'REPLACE' : 'CREATE', ...toReferences(catalog) };
}

/** `CREATE VIEW v (a OPTIONS (description = '…'))`: the types are the query's. */
async function describedColumns(context: StatementContext, { columns }: CreateViewStatement): Promise<TableSchema | undefined> {
  if (!columns.some(({ options }) => options)) return undefined;
  const fields = columns.map(async ({ name, options }) => {
    const description = options && (await optionValues(context, options))['description'];
    return { name: name.name, type: 'STRING', ...(typeof description === 'string' && { description }) };
  });
  return { fields: await Promise.all(fields) };
}
