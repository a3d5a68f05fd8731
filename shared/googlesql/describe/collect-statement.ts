import type { DataMovementStatement, DclStatement, DmlStatement, Statement } from '../syntax/ast-statement.ts';
import { collectDdl } from './collect-ddl.ts';
import { collectExpressions } from './collect-expression.ts';
import { collectConnection } from './collect-options.ts';
import { collectQuery } from './collect-query.ts';
import { collectDeferred, collectScripting, type Procedural } from './collect-scripting.ts';
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
  collectExpressions(collector, [statement.options], scope);
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
      collectExpressions(collector, [statement.files, ...statement.columns, ...statement.partitions, ...statement.partitionBy], scope);
      if (statement.isTemp) collector.addTemporaryTable(statement.target);
      collector.addWrite(statement.target);
  }
}

function collectDcl(collector: Collector, statement: DclStatement): void {
  collector.draft.touches.dcl = true;
  collector.addObject('alter', statement.objectType, statement.object);
}
