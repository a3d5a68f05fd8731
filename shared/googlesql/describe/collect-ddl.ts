import type { PathExpression } from '../syntax/ast.ts';
import type {
  AlterStatement,
  CreateFunctionStatement,
  CreateProcedureStatement,
  CreateStatement,
  CreateTableStatement,
  DdlStatement,
  DropStatement,
} from '../syntax/ast-ddl.ts';
import { collectExpressions } from './collect-expression.ts';
import { collectConnection } from './collect-options.ts';
import { collectQuery } from './collect-query.ts';
import type { Collector } from './collector.ts';
import { createScope, type Scope } from './scope.ts';

export function collectDdl(collector: Collector, statement: DdlStatement, scope: Scope): void {
  switch (statement.kind) {
    case 'DropStatement':
      collectDrop(collector, statement);
      return;
    case 'AlterStatement':
      collectAlter(collector, statement, scope);
      return;
    case 'UndropStatement':
      collector.addObject('undrop', statement.objectType, statement.name);
      if (isTable(statement.objectType)) collector.addWrite(statement.name);
      collector.draft.touches.timeTravel ||= statement.systemTime !== undefined;
      collectExpressions(collector, [statement.systemTime, statement.options], scope);
      return;
    default:
      collectCreate(collector, statement, scope);
  }
}

/** Kinds whose contents are rows under a name in a dataset. */
const isTable = (objectType: string): boolean => /(^|\s)(TABLE|VIEW)$/.test(objectType);

/** What decides who sees which rows and columns. */
const isAccess = (objectType: string): boolean => objectType === 'ROW ACCESS POLICY' || objectType === 'DATA_POLICY';

function collectDrop(collector: Collector, { objectType, name, onTable }: DropStatement): void {
  if (isAccess(objectType)) collector.draft.touches.dcl = true;
  if (onTable) collector.addWrite(onTable);
  if (!name) return;
  if (!onTable && !collector.isTemporary(name)) collector.addObject('drop', objectType, name);
  if (!isTable(objectType)) return;
  collector.addWrite(name);
  collector.loseTemporaryTable(name);
}

function collectAlter(collector: Collector, statement: AlterStatement, scope: Scope): void {
  const { objectType, name, onTable, actions } = statement;
  if (isAccess(objectType)) collector.draft.touches.dcl = true;
  if (onTable) collector.addWrite(onTable);
  else if (name.names.length > 0) collector.addObject('alter', objectType, name);
  if (isTable(objectType)) collector.addWrite(name);
  for (const action of actions) {
    if (action.kind === 'RenameToAction' && isTable(objectType)) {
      collector.addWrite(toSibling(name, action.to));
      collector.loseTemporaryTable(name);
    }
    collectExpressions(collector, [action], scope);
  }
}

/** A new name without a dataset stays in that of the old one. */
function toSibling(name: PathExpression, to: PathExpression): PathExpression {
  const isAlone = to.names.length === 1 && !to.names[0]?.name.includes('.');
  return isAlone && name.names.length > 1 ? { ...to, names: [...name.names.slice(0, -1), ...to.names] } : to;
}

function collectCreate(collector: Collector, statement: CreateStatement, scope: Scope): void {
  collectExpressions(collector, [statement.options], scope);
  if ('connection' in statement) collectConnection(collector, statement.connection);
  const action = statement.isOrReplace ? 'createOrReplace' : 'create';
  switch (statement.kind) {
    case 'CreateTableStatement':
      collectCreateTable(collector, statement, scope);
      return;
    case 'CreateSnapshotTableStatement':
      collector.addObject(action, 'SNAPSHOT TABLE', statement.name);
      collectCopy(collector, statement.name, statement.clone.table, [statement.clone.systemTime], scope);
      return;
    case 'CreateExternalTableStatement':
      collector.addObject(action, 'EXTERNAL TABLE', statement.name);
      collector.addWrite(statement.name);
      collectExpressions(collector, statement.columns, scope);
      return;
    case 'CreateViewStatement':
      collector.addObject(action, statement.isMaterialized ? 'MATERIALIZED VIEW' : 'VIEW', statement.name);
      collector.addWrite(statement.name);
      if (statement.replicaOf) collector.addRead(statement.replicaOf);
      collectExpressions(collector, [statement.query, ...statement.partitionBy, ...statement.clusterBy], scope);
      return;
    case 'CreateSchemaStatement':
      collector.addObject(action, statement.isExternal ? 'EXTERNAL SCHEMA' : 'SCHEMA', statement.name);
      return;
    case 'CreateFunctionStatement':
      collectCreateFunction(collector, statement, scope);
      return;
    case 'CreateTableFunctionStatement':
      collector.addObject(action, 'TABLE FUNCTION', statement.name);
      collectRoutineBody(collector, statement.parameters, [statement.query], scope);
      return;
    case 'CreateProcedureStatement':
      collectCreateProcedure(collector, statement, scope);
      return;
    case 'CreateModelStatement': {
      collector.addObject(action, 'MODEL', statement.name);
      collector.draft.touches.remoteFunction ||= statement.isRemote;
      const queries = statement.namedQueries.map(({ query }) => query);
      collectExpressions(collector, [...statement.transform, statement.query, ...queries], scope);
      return;
    }
    case 'CreateRowAccessPolicyStatement':
      collector.draft.touches.dcl = true;
      collector.addWrite(statement.table);
      collectExpressions(collector, [statement.filter, ...statement.grantees], scope);
      return;
    case 'CreateIndexStatement':
      collector.addWrite(statement.table);
      collectExpressions(collector, [...statement.columns, ...statement.storing, ...statement.partitionBy], scope);
      return;
    case 'CreateResourceStatement':
      collector.addObject(action, statement.objectType, statement.name);
      collector.draft.touches.dcl ||= isAccess(statement.objectType);
      if (statement.table) collector.addWrite(statement.table);
  }
}

function collectCreateTable(collector: Collector, statement: CreateTableStatement, scope: Scope): void {
  const { name, isTemp, isOrReplace, like, copy, clone, query } = statement;
  if (query) collectQuery(collector, query, createScope(scope));
  for (const source of [like, copy?.table, clone?.table]) if (source) collector.addRead(source);
  const nodes = [copy?.systemTime, clone?.systemTime, ...statement.columns, ...statement.partitionBy, ...statement.clusterBy];
  if (copy?.systemTime || clone?.systemTime) collector.draft.touches.timeTravel = true;
  collectExpressions(collector, nodes, scope);
  if (isTemp) collector.addTemporaryTable(name);
  else collector.addObject(isOrReplace ? 'createOrReplace' : 'create', 'TABLE', name);
  collector.addWrite(name);
}

function collectCopy(
  collector: Collector,
  to: PathExpression,
  from: PathExpression,
  nodes: Parameters<typeof collectExpressions>[1],
  scope: Scope,
): void {
  if (nodes.some((node) => node)) collector.draft.touches.timeTravel = true;
  collectExpressions(collector, nodes, scope);
  collector.addRead(from);
  collector.addWrite(to);
}

function collectCreateFunction(collector: Collector, statement: CreateFunctionStatement, scope: Scope): void {
  const { touches } = collector.draft;
  const { language, isRemote, isTemp, isOrReplace, name } = statement;
  if (language === 'JS') touches.javascript = true;
  else if (language !== undefined && language !== 'SQL') touches.foreignCode = true;
  touches.remoteFunction ||= isRemote;
  collectRoutineBody(collector, statement.parameters, [statement.body], scope);
  if (isTemp) collector.temporaryFunctions.add((name.names.at(-1)?.name ?? '').toLowerCase());
  else collector.addObject(isOrReplace ? 'createOrReplace' : 'create', 'FUNCTION', name);
}

function collectRoutineBody(
  collector: Collector,
  parameters: CreateFunctionStatement['parameters'],
  body: Parameters<typeof collectExpressions>[1],
  scope: Scope,
): void {
  const inside = createScope(scope);
  for (const { name, type } of parameters) {
    const isTable = type.kind === 'TableType' || (type.kind === 'TemplatedType' && type.of === 'TABLE');
    if (name && isTable) inside.queryNames.add(name.name.toLowerCase());
  }
  collectExpressions(collector, [...parameters.map(({ defaultValue }) => defaultValue), ...body], inside);
}

/** The body's statements follow as deferred ones: collect-statement.ts. */
function collectCreateProcedure(collector: Collector, statement: CreateProcedureStatement, scope: Scope): void {
  collector.addObject(statement.isOrReplace ? 'createOrReplace' : 'create', 'PROCEDURE', statement.name);
  if (statement.language !== undefined) collector.draft.touches.foreignCode = true;
  collectExpressions(
    collector,
    statement.parameters.map(({ defaultValue }) => defaultValue),
    scope,
  );
}
