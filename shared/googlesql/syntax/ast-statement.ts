// The syntax tree: scripts, scripting, DML, DCL and the statements that move data. DDL: ast-ddl.ts.

import type {
  Argument,
  ConnectionArgument,
  Expression,
  Identifier,
  Node,
  OptionList,
  PathExpression,
  StringLiteral,
  StructTypeField,
  SystemVariable,
  TypeNode,
} from './ast.ts';
import type { DdlStatement } from './ast-ddl.ts';
import type { Query, TableExpression } from './ast-query.ts';

/** One text with its statements; BEGIN … END and loops hold theirs in `body`. */
export type Script = { readonly text: string; readonly statements: readonly Statement[] };

/** `statementType` is BigQuery's word as in a job's statistics: `SELECT`, `CREATE_TABLE_AS_SELECT`, `SCRIPT` for scripting. */
export type StatementNode<Kind extends string> = Node<Kind> & { readonly statementType: string };

export type Statement =
  | QueryStatement
  | DmlStatement
  | DdlStatement
  | DataMovementStatement
  | DclStatement
  | TransactionStatement
  | ScriptingStatement;

/** `SELECT`. */
export type QueryStatement = StatementNode<'QueryStatement'> & { readonly query: Query };

// DML

export type DmlStatement = InsertStatement | UpdateStatement | DeleteStatement | MergeStatement | TruncateStatement;
/** Either `rows` or `query`. No columns: all of them, in order. */
export type InsertStatement = StatementNode<'InsertStatement'> & {
  readonly target: PathExpression;
  readonly columns: readonly Identifier[];
  readonly rows: readonly InsertRow[];
  readonly query: Query | undefined;
};
export type InsertRow = Node<'InsertRow'> & { readonly values: readonly Expression[] };
export type UpdateStatement = StatementNode<'UpdateStatement'> & {
  readonly target: PathExpression;
  readonly alias: Identifier | undefined;
  readonly items: readonly UpdateItem[];
  readonly from: TableExpression | undefined;
  readonly where: Expression;
};
/** `column` is a path, perhaps with struct fields. */
export type UpdateItem = Node<'UpdateItem'> & { readonly column: Expression; readonly value: Expression };
export type DeleteStatement = StatementNode<'DeleteStatement'> & {
  readonly target: PathExpression;
  readonly alias: Identifier | undefined;
  readonly where: Expression;
};
export type MergeStatement = StatementNode<'MergeStatement'> & {
  readonly target: PathExpression;
  readonly alias: Identifier | undefined;
  readonly source: TableExpression;
  readonly on: Expression;
  readonly clauses: readonly MergeClause[];
};
export type MergeClause = Node<'MergeClause'> & {
  readonly match: 'MATCHED' | 'NOT_MATCHED_BY_TARGET' | 'NOT_MATCHED_BY_SOURCE';
  readonly condition: Expression | undefined;
  readonly action: MergeInsert | MergeUpdate | MergeDelete;
};
/** `INSERT ROW` has `isRow` and no values. */
export type MergeInsert = Node<'MergeInsert'> & {
  readonly columns: readonly Identifier[];
  readonly isRow: boolean;
  readonly values: readonly Expression[];
};
export type MergeUpdate = Node<'MergeUpdate'> & { readonly items: readonly UpdateItem[] };
export type MergeDelete = Node<'MergeDelete'>;
export type TruncateStatement = StatementNode<'TruncateStatement'> & { readonly target: PathExpression };

// Data in and out

export type DataMovementStatement =
  | ExportDataStatement
  | ExportModelStatement
  | ExportMetadataStatement
  | LoadDataStatement
  | AssertStatement;
export type ExportDataStatement = StatementNode<'ExportDataStatement'> & {
  readonly connection: ConnectionArgument | undefined;
  readonly options: OptionList | undefined;
  readonly query: Query;
};
export type ExportModelStatement = StatementNode<'ExportModelStatement'> & {
  readonly model: PathExpression;
  readonly connection: ConnectionArgument | undefined;
  readonly options: OptionList | undefined;
};
export type ExportMetadataStatement = StatementNode<'ExportMetadataStatement'> & {
  readonly object: PathExpression;
  readonly connection: ConnectionArgument | undefined;
  readonly options: OptionList | undefined;
};
export type LoadDataStatement = StatementNode<'LoadDataStatement'> & {
  readonly isOverwrite: boolean;
  readonly isTemp: boolean;
  readonly target: PathExpression;
  readonly columns: readonly StructTypeField[];
  readonly isOverwritePartitions: boolean;
  readonly partitions: readonly Expression[];
  readonly partitionBy: readonly Expression[];
  readonly clusterBy: readonly Expression[];
  readonly options: OptionList | undefined;
  readonly files: OptionList;
  readonly partitionColumns: readonly StructTypeField[] | undefined;
  readonly connection: ConnectionArgument | undefined;
};
export type AssertStatement = StatementNode<'AssertStatement'> & {
  readonly condition: Expression;
  readonly description: StringLiteral | undefined;
};

// DCL

export type DclStatement = GrantStatement | RevokeStatement;
/** Roles are names such as roles/bigquery.dataViewer, in backticks or written with slashes. */
export type GrantStatement = StatementNode<'GrantStatement'> & {
  readonly roles: readonly Identifier[];
  readonly objectType: string;
  readonly object: PathExpression;
  readonly grantees: readonly Expression[];
};
export type RevokeStatement = StatementNode<'RevokeStatement'> & {
  readonly roles: readonly Identifier[];
  readonly objectType: string;
  readonly object: PathExpression;
  readonly grantees: readonly Expression[];
};

// Transactions

export type TransactionStatement = BeginTransactionStatement | CommitStatement | RollbackStatement;
export type BeginTransactionStatement = StatementNode<'BeginTransactionStatement'>;
export type CommitStatement = StatementNode<'CommitStatement'>;
export type RollbackStatement = StatementNode<'RollbackStatement'>;

// Scripting; statementType is SCRIPT but for CALL

export type ScriptingStatement =
  | DeclareStatement
  | SetStatement
  | ExecuteImmediateStatement
  | CallStatement
  | BeginEndStatement
  | IfStatement
  | CaseStatement
  | LoopStatement
  | WhileStatement
  | RepeatStatement
  | ForInStatement
  | BreakStatement
  | ContinueStatement
  | ReturnStatement
  | RaiseStatement;
/** A type, a default, or both. */
export type DeclareStatement = StatementNode<'DeclareStatement'> & {
  readonly variables: readonly Identifier[];
  readonly type: TypeNode | undefined;
  readonly defaultValue: Expression | undefined;
};
/** Several targets mean `SET (a, b) = value`: `isTuple`. Targets may be `@@time_zone`. */
export type SetStatement = StatementNode<'SetStatement'> & {
  readonly targets: readonly (Identifier | SystemVariable)[];
  readonly isTuple: boolean;
  readonly value: Expression;
};
export type ExecuteImmediateStatement = StatementNode<'ExecuteImmediateStatement'> & {
  readonly sql: Expression;
  readonly into: readonly Identifier[];
  readonly using: readonly ExecuteUsing[];
};
export type ExecuteUsing = Node<'ExecuteUsing'> & { readonly value: Expression; readonly name: Identifier | undefined };
/** statementType CALL. */
export type CallStatement = StatementNode<'CallStatement'> & {
  readonly procedure: PathExpression;
  readonly arguments: readonly Argument[];
};
/** `BEGIN … EXCEPTION WHEN ERROR THEN … END`. */
export type BeginEndStatement = StatementNode<'BeginEndStatement'> & {
  readonly label: Identifier | undefined;
  readonly body: readonly Statement[];
  readonly exceptionHandler: readonly Statement[] | undefined;
};
export type IfStatement = StatementNode<'IfStatement'> & {
  readonly branches: readonly ConditionalBody[];
  readonly elseBody: readonly Statement[] | undefined;
};
export type ConditionalBody = Node<'ConditionalBody'> & { readonly condition: Expression; readonly body: readonly Statement[] };
/** With an operand the branches' conditions are values it is compared with. */
export type CaseStatement = StatementNode<'CaseStatement'> & {
  readonly operand: Expression | undefined;
  readonly branches: readonly ConditionalBody[];
  readonly elseBody: readonly Statement[] | undefined;
};
export type LoopStatement = StatementNode<'LoopStatement'> & {
  readonly label: Identifier | undefined;
  readonly body: readonly Statement[];
};
export type WhileStatement = StatementNode<'WhileStatement'> & {
  readonly label: Identifier | undefined;
  readonly condition: Expression;
  readonly body: readonly Statement[];
};
export type RepeatStatement = StatementNode<'RepeatStatement'> & {
  readonly label: Identifier | undefined;
  readonly body: readonly Statement[];
  readonly until: Expression;
};
export type ForInStatement = StatementNode<'ForInStatement'> & {
  readonly label: Identifier | undefined;
  readonly variable: Identifier;
  readonly query: Query;
  readonly body: readonly Statement[];
};
/** BREAK and LEAVE. */
export type BreakStatement = StatementNode<'BreakStatement'> & { readonly label: Identifier | undefined };
/** CONTINUE and ITERATE. */
export type ContinueStatement = StatementNode<'ContinueStatement'> & { readonly label: Identifier | undefined };
export type ReturnStatement = StatementNode<'ReturnStatement'>;
/** No message: the current exception again. */
export type RaiseStatement = StatementNode<'RaiseStatement'> & { readonly message: Expression | undefined };
