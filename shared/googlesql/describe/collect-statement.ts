import type { Expression } from '../syntax/ast.ts';
import type {
  DataMovementStatement,
  DclStatement,
  DmlStatement,
  ScriptingStatement,
  SetStatement,
  Statement,
  TransactionStatement,
} from '../syntax/ast-statement.ts';
import { collectDdl } from './collect-ddl.ts';
import { collectCallArguments, collectExpressions } from './collect-expression.ts';
import { collectConnection, collectOptions } from './collect-options.ts';
import { collectQuery } from './collect-query.ts';
import { collectTable } from './collect-table.ts';
import type { Collector } from './collector.ts';
import { splitPath } from './resolve-name.ts';
import { addAlias, createScope, type Scope } from './scope.ts';

/** One statement, then those inside of it. */
export function collectStatement(collector: Collector, statement: Statement): void {
  const draft = collector.open(statement.statementType, statement.span);
  const scope = createScope(undefined);
  switch (statement.kind) {
    case 'QueryStatement':
      collectQuery(collector, statement.query, scope);
      return;
    case 'InsertStatement':
    case 'UpdateStatement':
    case 'DeleteStatement':
    case 'MergeStatement':
    case 'TruncateStatement':
      collectDml(collector, statement, scope);
      return;
    case 'ExportDataStatement':
    case 'ExportModelStatement':
    case 'ExportMetadataStatement':
    case 'LoadDataStatement':
    case 'AssertStatement':
      collectDataMovement(collector, statement, scope);
      return;
    case 'GrantStatement':
    case 'RevokeStatement':
      collectDcl(collector, statement);
      return;
    case 'CreateProcedureStatement':
      collectDdl(collector, statement, scope);
      if (statement.body) collectDeferred(collector, statement.body);
      return;
    default:
      if (isDdl(statement)) {
        collectDdl(collector, statement, scope);
        return;
      }
      draft.isScripting = statement.kind !== 'CallStatement';
      collectScripting(collector, statement, scope);
  }
}

type Procedural = ScriptingStatement | TransactionStatement;
type Ddl = Parameters<typeof collectDdl>[1];
const isDdl = (statement: Ddl | Procedural): statement is Ddl => /^(CREATE|ALTER|DROP|UNDROP)_/.test(statement.statementType);

function collectDml(collector: Collector, statement: DmlStatement, scope: Scope): void {
  collector.addWrite(statement.target);
  if (statement.kind === 'TruncateStatement') return;
  if (statement.kind === 'InsertStatement') {
    collectExpressions(collector, [...statement.rows, statement.query], scope);
    return;
  }
  collector.addRead(statement.target);
  // What stands in FROM and USING does not see the target; subqueries elsewhere do.
  const source = statement.kind === 'MergeStatement' ? statement.source : statement.kind === 'UpdateStatement' ? statement.from : undefined;
  if (source) collectTable(collector, source, scope);
  addAlias(scope, statement.alias?.name ?? splitPath(statement.target).at(-1));
  if (statement.kind === 'MergeStatement') {
    collectExpressions(collector, [statement.on, ...statement.clauses], scope);
    return;
  }
  if (statement.kind === 'UpdateStatement') {
    collectExpressions(collector, statement.items, scope);
  }
  collectExpressions(collector, [statement.where], scope);
}

function collectDataMovement(collector: Collector, statement: DataMovementStatement, scope: Scope): void {
  if (statement.kind === 'AssertStatement') {
    collectExpressions(collector, [statement.condition], scope);
    return;
  }
  collectConnection(collector, statement.connection);
  collectOptions(collector, statement.options);
  switch (statement.kind) {
    case 'ExportDataStatement':
      collectQuery(collector, statement.query, scope);
      return;
    case 'ExportModelStatement':
      collector.addModel(statement.model);
      return;
    case 'ExportMetadataStatement':
      collector.addRead(statement.object);
      return;
    case 'LoadDataStatement':
      collectOptions(collector, statement.files);
      if (statement.isTemp) collector.addTemporaryTable(statement.target);
      collector.addWrite(statement.target);
  }
}

function collectDcl(collector: Collector, statement: DclStatement): void {
  collector.draft.touches.dcl = true;
  collector.addObject('alter', statement.objectType, statement.object);
}

/** A procedure's body runs when it is called: then the temporary tables of now are gone. */
function collectDeferred(collector: Collector, body: readonly Statement[]): void {
  const before = { isDeferred: collector.isDeferred, tables: collector.temporaryTables, functions: collector.temporaryFunctions };
  collector.isDeferred = true;
  collector.temporaryTables = new Set();
  collector.temporaryFunctions = new Set();
  for (const statement of body) collectStatement(collector, statement);
  collector.isDeferred = before.isDeferred;
  collector.temporaryTables = before.tables;
  collector.temporaryFunctions = before.functions;
}

function collectScripting(collector: Collector, statement: Procedural, scope: Scope): void {
  const expressions = (...roots: (Expression | undefined)[]): void => collectExpressions(collector, roots, scope);
  switch (statement.kind) {
    case 'DeclareStatement':
      expressions(statement.defaultValue);
      return;
    case 'SetStatement':
      expressions(statement.value);
      collectSet(collector, statement);
      return;
    case 'ExecuteImmediateStatement':
      collector.draft.touches.dynamicSql = true;
      collectExpressions(collector, [statement.sql, ...statement.using], scope);
      return;
    case 'CallStatement':
      collector.addCall(statement.procedure, 'procedure');
      collectCallArguments(collector, statement.procedure, statement.arguments);
      collectExpressions(collector, statement.arguments, scope);
      return;
    case 'BeginEndStatement':
      collectBody(collector, statement.body, statement.exceptionHandler === undefined && statement.label === undefined);
      if (statement.exceptionHandler) collectBody(collector, statement.exceptionHandler, false);
      return;
    case 'IfStatement':
    case 'CaseStatement':
      if (statement.kind === 'CaseStatement') expressions(statement.operand);
      expressions(...statement.branches.map(({ condition }) => condition));
      for (const { body } of statement.branches) collectBody(collector, body, false);
      if (statement.elseBody) collectBody(collector, statement.elseBody, false);
      return;
    case 'WhileStatement':
      expressions(statement.condition);
      collectBody(collector, statement.body, false);
      return;
    case 'RepeatStatement':
      expressions(statement.until);
      collectBody(collector, statement.body, false);
      return;
    case 'LoopStatement':
      collectBody(collector, statement.body, false);
      return;
    case 'ForInStatement':
      collectQuery(collector, statement.query, scope);
      collectBody(collector, statement.body, false);
      return;
    case 'RaiseStatement':
      expressions(statement.message);
      return;
    default:
  }
}

/** Statements of a block. What may not have run (an error, a LEAVE, a condition) has defined nothing for later ones. */
function collectBody(collector: Collector, body: readonly Statement[], isCertain: boolean): void {
  const tables = collector.temporaryTables;
  const functions = collector.temporaryFunctions;
  const defaults = collector.defaults;
  collector.temporaryTables = new Set(tables);
  collector.temporaryFunctions = new Set(functions);
  for (const statement of body) collectStatement(collector, statement);
  if (isCertain) return;
  collector.temporaryTables = new Set([...tables].filter((name) => collector.temporaryTables.has(name)));
  collector.temporaryFunctions = functions;
  if (collector.defaults !== defaults) loseDefaults(collector);
}

/** `SET @@dataset_id = 'd'` changes what names mean. */
function collectSet(collector: Collector, { targets, value }: SetStatement): void {
  const [target] = targets;
  if (target?.kind !== 'SystemVariable') return;
  const name = target.names.map((part) => part.name.toLowerCase()).join('.');
  if (name !== 'dataset_id' && name !== 'dataset_project_id') return;
  const literal = value.kind === 'StringLiteral' ? value.value : undefined;
  if (literal === undefined) {
    loseDefaults(collector);
    return;
  }
  const { projectId, dataset } = collector.defaults;
  if (name === 'dataset_id') collector.defaults = { projectId, dataset: { projectId: dataset?.projectId, datasetId: literal } };
  else collector.defaults = { projectId: literal, dataset: dataset && { ...dataset, projectId: literal } };
}

function loseDefaults(collector: Collector): void {
  collector.defaults = { projectId: undefined, dataset: undefined };
  collector.dynamicDefaults = true;
}
