import type { DuckDBTimestampTZValue } from '@duckdb/node-api';
import { splitPath } from '../../../googlesql/analyze/split-path.ts';
import type { Expression, PathExpression } from '../../../googlesql/syntax/ast.ts';
import type { CreateSnapshotTableStatement, CreateTableStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import { TIMESTAMP } from '../../../googlesql/types/sql-type.ts';
import { columnsOf, isPlaced, type PlacedTable, type StoredTable, toDuckRelation } from '../catalog/stored-table.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { createDuplicate, createInvalidQuery, tableText } from '../failure.ts';
import { shapeOf } from '../load/copy-table.ts';
import { AnalysisCatalog } from '../query/analysis-catalog.ts';
import { checkBilledBytes, measureBytes } from '../query/measure-bytes.ts';
import { type OutcomeFacts, toReferences } from '../query/outcome.ts';
import { schemaOf } from '../query/result-table.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { RoutineResource, TableInput, TableReference, TableSchema } from '../resource.ts';
import { type Fill, writeTable } from '../rows/write-table.ts';
import { evaluate } from '../script/script-values.ts';
import { toColumnSchema } from './column-schema.ts';
import { createTempTable } from './create-temp-table.ts';
import { checkNoTransaction, toTargetInDataset } from './ddl-target.ts';
import { fillFromQuery } from './fill-from-query.ts';
import { checkOptions, optionValues, toNestedOptions, toResourceOptions } from './option-values.ts';
import { toPartitioning } from './partitioning.ts';
import { toConstraints } from './table-constraints.ts';

/** What the table will be and how its rows get in. */
export type TablePlan = {
  readonly schema: TableSchema;
  readonly shape: Omit<TableInput, 'tableReference' | 'schema'>;
  readonly isValueTable: boolean;
  readonly fill: Fill;
  /** The query that fills it, and the functions it calls. */
  readonly source?: { readonly text: string; readonly routines: Iterable<RoutineResource> };
  readonly facts: OutcomeFacts;
};

export async function createTable(context: StatementContext, statement: CreateTableStatement): Promise<OutcomeFacts> {
  if (statement.isTemp) return createTempTable(context, statement, () => planTable(context, statement));
  checkNoTransaction(context, statement.statementType.replaceAll('_', ' '));
  const target = await toTargetInDataset(context, statement.name);
  const existing = context.world.core.state.table(target);
  if (existing && statement.isIfNotExists) return { ddlTargetTable: target, ddlOperationPerformed: 'SKIP' };
  if (existing && !statement.isOrReplace) throw createDuplicate('Table', tableText(target));
  if (existing && !isPlaced(existing))
    throw createInvalidQuery(`${tableText(target)} is not allowed for this operation because it is currently a ${existing.resource.type}.`);
  const plan = await planTable(context, statement);
  return { ...plan.facts, ...(await write(context, target, plan)), ddlOperationPerformed: existing ? 'REPLACE' : 'CREATE' };
}

async function write(
  context: StatementContext,
  destination: TableReference,
  { schema, shape, fill, isValueTable, source }: TablePlan,
): Promise<OutcomeFacts> {
  const { world, session } = context;
  const request = { destination, schema, shape, isValueTable, writeDisposition: 'WRITE_TRUNCATE' } as const;
  await world.javascript.settle(session.connection, source?.routines ?? [], { text: source?.text ?? '' }, () =>
    writeTable(world.core, request, fill, session.connection),
  );
  return { ddlTargetTable: destination };
}

async function planTable(context: StatementContext, statement: CreateTableStatement): Promise<TablePlan> {
  const values = statement.options ? await optionValues(context, statement.options) : {};
  checkOptions(values);
  const partitioning = toPartitioning(context, statement.partitionBy, statement.clusterBy);
  const options = { ...toResourceOptions(values), ...toNestedOptions(values, partitioning) };
  const shape = { ...toConstraints(context, statement.columns, statement.constraints), ...partitioning, ...options };
  const source = statement.like ?? statement.copy?.table ?? statement.clone?.table;
  if (source) {
    const from = await findSource(context, source, statement.copy?.systemTime ?? statement.clone?.systemTime);
    return planFromTable(context, from, shape, statement.like === undefined);
  }
  const columns = await Promise.all(statement.columns.filter(({ type }) => type).map((column) => toColumnSchema(context, column)));
  if (!statement.query) return { schema: { fields: columns }, shape, isValueTable: false, fill: async () => 0n, facts: {} };
  return planFromQuery(context, statement, columns, shape);
}

async function planFromQuery(
  context: StatementContext,
  statement: CreateTableStatement,
  declared: TableSchema['fields'],
  shape: TablePlan['shape'],
): Promise<TablePlan> {
  const analyzed = context.analyze(statement.query!);
  const bytes = await measureBytes(context.world.core, analyzed, context.session.connection);
  checkBilledBytes(bytes, context.request.maximumBytesBilled);
  const isValueTable = analyzed.resolved.kind === 'query' && analyzed.resolved.query.isValueTable && analyzed.duck.columns.length === 1;
  if (statement.columns.length === 0 && !isValueTable) checkNames(analyzed.duck.columns);
  const schema = { fields: declared.length > 0 ? declared : renamed(schemaOf(analyzed.duck), statement) };
  const fill = fillFromQuery(context, statement.query!, analyzed.duck, declared.length > 0);
  const source = { text: analyzed.duck.sql, routines: analyzed.catalog.routines };
  return { schema, shape, isValueTable, fill, source, facts: { bytes, ...toReferences(analyzed.catalog) } };
}

function checkNames(columns: readonly { readonly name: string; readonly isAnonymous?: boolean }[]): void {
  const index = columns.findIndex(({ isAnonymous }) => isAnonymous);
  if (index >= 0) throw createInvalidQuery(`CREATE TABLE columns must be named, but column ${index + 1} has no name`);
}

/** `CREATE TABLE t (a, b) AS SELECT …` names the query's columns. */
const renamed = (fields: TableSchema['fields'], { columns }: CreateTableStatement): TableSchema['fields'] =>
  fields.map((field, index) => ({ ...field, name: columns[index]?.name.name ?? field.name }));

/** LIKE takes the shape, COPY and CLONE the rows too. */
function planFromTable(context: StatementContext, source: PlacedTable, shape: TablePlan['shape'], withRows: boolean): TablePlan {
  const fill: Fill = async (connection, table) => {
    if (!withRows) return 0n;
    const columns = columnsOf(table);
    const [row] = await connection.rows(
      `INSERT INTO ${toDuckTable(table.place)} (${columns}) SELECT ${columns} FROM ${toDuckRelation(source)}`,
      context.signal,
    );
    return row![0] as bigint;
  };
  return {
    schema: source.resource.schema ?? { fields: [] },
    shape: { ...shapeOf(source, {}), ...shape },
    isValueTable: source.isValueTable ?? false,
    fill,
    facts: {},
  };
}

/** `systemTime`: as it was then. */
async function findSource(context: StatementContext, path: PathExpression, systemTime: Expression | undefined): Promise<PlacedTable> {
  const catalog = new AnalysisCatalog(context.world, context.session);
  const found = catalog.findTable(splitPath(path), context.defaults);
  const stored: StoredTable | undefined = found && catalog.stored.get(found)?.[0];
  if (stored && isPlaced(stored)) {
    if (!systemTime) return stored;
    const time = await evaluate(context, systemTime, TIMESTAMP);
    if (time === null) throw createInvalidQuery('The value of FOR SYSTEM_TIME AS OF cannot be NULL');
    const { history } = context.world.core;
    return history.find(stored.resource.tableReference, stored, Number((time as DuckDBTimestampTZValue).micros)) as PlacedTable;
  }
  throw createInvalidQuery(`Cannot copy ${splitPath(path).join('.')}: it is not a table`);
}

export async function createSnapshot(context: StatementContext, statement: CreateSnapshotTableStatement): Promise<OutcomeFacts> {
  checkNoTransaction(context, 'CREATE SNAPSHOT TABLE');
  const target = await toTargetInDataset(context, statement.name);
  const existing = context.world.core.state.table(target);
  if (existing && statement.isIfNotExists) return { ddlTargetTable: target, ddlOperationPerformed: 'SKIP' };
  if (existing) throw createDuplicate('Table', tableText(target));
  const source = await findSource(context, statement.clone.table, statement.clone.systemTime);
  const options = statement.options ? toResourceOptions(await optionValues(context, statement.options)) : {};
  const plan = planFromTable(context, source, { ...shapeOf(source, { operationType: 'SNAPSHOT' }), ...options }, true);
  return { ...(await write(context, target, plan)), ddlOperationPerformed: 'CREATE' };
}
