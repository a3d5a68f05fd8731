import type { Expression } from '../syntax/ast.ts';
import type { ScriptingStatement, SetStatement, Statement, TransactionStatement } from '../syntax/ast-statement.ts';
import { collectCallArguments, collectExpressions } from './collect-expression.ts';
import { collectQuery } from './collect-query.ts';
import { collectStatement } from './collect-statement.ts';
import type { Collector } from './collector.ts';
import type { Scope } from './scope.ts';

export type Procedural = ScriptingStatement | TransactionStatement;

/** A procedure's body runs when it is called: then the temporary tables of now are gone. What it sets, it has not set yet. */
export function collectDeferred(collector: Collector, body: readonly Statement[]): void {
  const { isDeferred, temporaryTables, temporaryFunctions, defaults, dynamicDefaults } = collector;
  collector.isDeferred = true;
  collector.temporaryTables = new Set();
  collector.temporaryFunctions = new Set();
  for (const statement of body) collectStatement(collector, statement);
  Object.assign(collector, { isDeferred, temporaryTables, temporaryFunctions, defaults, dynamicDefaults });
}

export function collectScripting(collector: Collector, statement: Procedural, scope: Scope): void {
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
      loseWhatChanges(collector, statement.body);
      expressions(statement.condition);
      collectBody(collector, statement.body, false);
      return;
    case 'RepeatStatement':
      loseWhatChanges(collector, statement.body);
      expressions(statement.until);
      collectBody(collector, statement.body, false);
      return;
    case 'LoopStatement':
      loseWhatChanges(collector, statement.body);
      collectBody(collector, statement.body, false);
      return;
    case 'ForInStatement':
      collectQuery(collector, statement.query, scope);
      loseWhatChanges(collector, statement.body);
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

/** In a loop's second round its first statements meet what its last ones have left: names that these change mean nothing certain. */
function loseWhatChanges(collector: Collector, body: readonly Statement[]): void {
  const pending = [...body];
  for (let statement = pending.pop(); statement; statement = pending.pop()) {
    if (statement.kind === 'DropStatement' && statement.name) collector.loseTemporaryTable(statement.name);
    if (statement.kind === 'AlterStatement') collector.loseTemporaryTable(statement.name);
    if (statement.kind === 'SetStatement' && toDefault(statement) !== undefined) loseDefaults(collector);
    for (const inside of bodiesOf(statement)) for (const each of inside) pending.push(each);
  }
}

/** The statements that a block, a branch or a loop holds and runs. */
function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case 'BeginEndStatement':
      return [statement.body, statement.exceptionHandler ?? []];
    case 'IfStatement':
    case 'CaseStatement':
      return [...statement.branches.map(({ body }) => body), statement.elseBody ?? []];
    case 'WhileStatement':
    case 'RepeatStatement':
    case 'LoopStatement':
    case 'ForInStatement':
      return [statement.body];
    default:
      return [];
  }
}

/** The system variable that completes names, if the statement sets one. */
function toDefault({ targets: [target] }: SetStatement): 'dataset_id' | 'dataset_project_id' | undefined {
  if (target?.kind !== 'SystemVariable') return undefined;
  const name = target.names.map((part) => part.name.toLowerCase()).join('.');
  return name === 'dataset_id' || name === 'dataset_project_id' ? name : undefined;
}

/** `SET @@dataset_id = 'd'` changes what names mean. */
function collectSet(collector: Collector, statement: SetStatement): void {
  const name = toDefault(statement);
  if (name === undefined) return;
  const { value } = statement;
  const literal = value.kind === 'StringLiteral' && /^[^.:]+$/.test(value.value) ? value.value : undefined;
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
