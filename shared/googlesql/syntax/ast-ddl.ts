// The syntax tree: CREATE, ALTER, DROP, UNDROP.
import type {
  ConnectionArgument,
  Expression,
  Identifier,
  Node,
  OptionList,
  PathExpression,
  StringLiteral,
  StructTypeField,
  TypeNode,
} from './ast.ts';
import type { Query, SelectItem } from './ast-query.ts';
import type { Statement, StatementNode } from './ast-statement.ts';

export type DdlStatement = CreateStatement | AlterStatement | DropStatement | UndropStatement;

export type CreateStatement =
  | CreateTableStatement
  | CreateSnapshotTableStatement
  | CreateExternalTableStatement
  | CreateViewStatement
  | CreateSchemaStatement
  | CreateFunctionStatement
  | CreateTableFunctionStatement
  | CreateProcedureStatement
  | CreateModelStatement
  | CreateRowAccessPolicyStatement
  | CreateIndexStatement
  | CreateResourceStatement;

/** What every CREATE may say. */
export type CreateShape = {
  readonly isOrReplace: boolean;
  readonly isIfNotExists: boolean;
  readonly name: PathExpression;
  readonly options: OptionList | undefined;
};

/** statementType CREATE_TABLE, or CREATE_TABLE_AS_SELECT with a query. At most one of query, like, copy, clone. */
export type CreateTableStatement = StatementNode<'CreateTableStatement'> &
  CreateShape & {
    readonly isTemp: boolean;
    readonly columns: readonly ColumnDefinition[];
    readonly constraints: readonly TableConstraint[];
    readonly like: PathExpression | undefined;
    readonly copy: TableSource | undefined;
    readonly clone: TableSource | undefined;
    readonly collation: Expression | undefined;
    readonly partitionBy: readonly Expression[];
    readonly clusterBy: readonly Expression[];
    readonly connection: ConnectionArgument | undefined;
    readonly query: Query | undefined;
  };
/** A table to copy or clone, perhaps as of a time. */
export type TableSource = Node<'TableSource'> & { readonly table: PathExpression; readonly systemTime: Expression | undefined };
export type ColumnDefinition = Node<'ColumnDefinition'> & {
  readonly name: Identifier;
  readonly type: TypeNode | undefined;
  readonly isNotNull: boolean;
  readonly isPrimaryKey: boolean;
  readonly isNotEnforced: boolean;
  readonly references: ForeignKeyReference | undefined;
  readonly constraintName: Identifier | undefined;
  readonly defaultValue: Expression | undefined;
  readonly generated: GeneratedColumn | undefined;
  readonly collation: Expression | undefined;
  readonly options: OptionList | undefined;
};
/** `GENERATED ALWAYS AS (expression)`. */
export type GeneratedColumn = Node<'GeneratedColumn'> & { readonly expression: Expression | undefined; readonly text: string };
export type TableConstraint = PrimaryKey | ForeignKey;
export type PrimaryKey = Node<'PrimaryKey'> & {
  readonly name: Identifier | undefined;
  readonly isIfNotExists: boolean;
  readonly columns: readonly Identifier[];
  readonly isNotEnforced: boolean;
};
export type ForeignKey = Node<'ForeignKey'> & {
  readonly name: Identifier | undefined;
  readonly isIfNotExists: boolean;
  readonly columns: readonly Identifier[];
  readonly references: ForeignKeyReference;
  readonly isNotEnforced: boolean;
};
export type ForeignKeyReference = Node<'ForeignKeyReference'> & {
  readonly table: PathExpression;
  readonly columns: readonly Identifier[];
};

export type CreateSnapshotTableStatement = StatementNode<'CreateSnapshotTableStatement'> & CreateShape & { readonly clone: TableSource };
export type CreateExternalTableStatement = StatementNode<'CreateExternalTableStatement'> &
  CreateShape & {
    readonly columns: readonly ColumnDefinition[];
    readonly connection: ConnectionArgument | undefined;
    /** `WITH PARTITION COLUMNS [(…)]`; an empty list when they are to be detected. */
    readonly partitionColumns: readonly StructTypeField[] | undefined;
  };
/** `CREATE VIEW`, `CREATE MATERIALIZED VIEW`; a materialized view may be a replica of another one instead of a query. */
export type CreateViewStatement = StatementNode<'CreateViewStatement'> &
  CreateShape & {
    readonly isMaterialized: boolean;
    readonly columns: readonly ViewColumn[];
    readonly partitionBy: readonly Expression[];
    readonly clusterBy: readonly Expression[];
    readonly query: Query | undefined;
    readonly replicaOf: PathExpression | undefined;
  };
export type ViewColumn = Node<'ViewColumn'> & { readonly name: Identifier; readonly options: OptionList | undefined };
export type CreateSchemaStatement = StatementNode<'CreateSchemaStatement'> &
  CreateShape & {
    readonly isExternal: boolean;
    readonly collation: Expression | undefined;
    readonly connection: ConnectionArgument | undefined;
  };

export type RoutineParameter = Node<'RoutineParameter'> & {
  readonly name: Identifier | undefined;
  readonly mode: 'IN' | 'OUT' | 'INOUT' | undefined;
  readonly type: TypeNode;
  readonly isNotAggregate: boolean;
  readonly defaultValue: Expression | undefined;
};
/** SQL: `body`; JavaScript and Python: `language` (upper case) and `code`; remote: `isRemote` with a connection and no body. */
export type CreateFunctionStatement = StatementNode<'CreateFunctionStatement'> &
  CreateShape & {
    readonly isTemp: boolean;
    readonly isAggregate: boolean;
    readonly parameters: readonly RoutineParameter[];
    readonly returns: TypeNode | undefined;
    readonly determinism: 'DETERMINISTIC' | 'NOT DETERMINISTIC' | 'IMMUTABLE' | 'STABLE' | 'VOLATILE' | undefined;
    readonly language: string | undefined;
    readonly isRemote: boolean;
    readonly connection: ConnectionArgument | undefined;
    readonly body: Expression | undefined;
    readonly code: StringLiteral | undefined;
  };
export type CreateTableFunctionStatement = StatementNode<'CreateTableFunctionStatement'> &
  CreateShape & {
    readonly parameters: readonly RoutineParameter[];
    readonly returns: TypeNode | undefined;
    readonly query: Query | undefined;
  };
/** SQL: `body`; Spark: `language`, `connection` and perhaps `code`. */
export type CreateProcedureStatement = StatementNode<'CreateProcedureStatement'> &
  CreateShape & {
    readonly parameters: readonly RoutineParameter[];
    readonly externalSecurity: string | undefined;
    readonly connection: ConnectionArgument | undefined;
    readonly language: string | undefined;
    readonly code: StringLiteral | undefined;
    readonly body: readonly Statement[] | undefined;
  };
export type CreateModelStatement = StatementNode<'CreateModelStatement'> &
  CreateShape & {
    readonly transform: readonly SelectItem[];
    readonly inputs: readonly StructTypeField[] | undefined;
    readonly outputs: readonly StructTypeField[] | undefined;
    readonly isRemote: boolean;
    readonly connection: ConnectionArgument | undefined;
    readonly query: Query | undefined;
    readonly namedQueries: readonly NamedQuery[];
  };
/** One of `AS (training_data AS (…), custom_holiday AS (…))`. */
export type NamedQuery = Node<'NamedQuery'> & { readonly name: Identifier; readonly query: Query };
export type CreateRowAccessPolicyStatement = StatementNode<'CreateRowAccessPolicyStatement'> &
  CreateShape & { readonly table: PathExpression; readonly grantees: readonly Expression[]; readonly filter: Expression };
/** No columns: ALL COLUMNS. */
export type CreateIndexStatement = StatementNode<'CreateIndexStatement'> &
  CreateShape & {
    readonly indexType: 'SEARCH' | 'VECTOR' | undefined;
    readonly table: PathExpression;
    readonly isAllColumns: boolean;
    readonly columns: readonly IndexColumn[];
    readonly storing: readonly Expression[];
    readonly partitionBy: readonly Expression[];
  };
export type IndexColumn = Node<'IndexColumn'> & {
  readonly expression: Expression;
  readonly direction: 'ASC' | 'DESC' | undefined;
  readonly options: OptionList | undefined;
};
/** CAPACITY, RESERVATION, ASSIGNMENT, CONNECTION, DATA_POLICY and other things with a name and options; `json` is the old AS JSON form. */
export type CreateResourceStatement = StatementNode<'CreateResourceStatement'> &
  CreateShape & { readonly objectType: string; readonly table: PathExpression | undefined; readonly json: JsonText | undefined };
export type JsonText = Node<'JsonText'> & { readonly value: string };

/** `objectType` in words: `TABLE`, `MATERIALIZED VIEW`, `ROW ACCESS POLICY`. */
export type DropStatement = StatementNode<'DropStatement'> & {
  readonly objectType: string;
  readonly isIfExists: boolean;
  /** Undefined only for DROP ALL ROW ACCESS POLICIES. */
  readonly name: PathExpression | undefined;
  readonly onTable: PathExpression | undefined;
  readonly mode: 'CASCADE' | 'RESTRICT' | undefined;
};
export type UndropStatement = StatementNode<'UndropStatement'> & {
  readonly objectType: string;
  readonly isIfNotExists: boolean;
  readonly name: PathExpression;
  readonly systemTime: Expression | undefined;
  readonly options: OptionList | undefined;
};
export type AlterStatement = StatementNode<'AlterStatement'> & {
  readonly objectType: string;
  readonly isIfExists: boolean;
  readonly name: PathExpression;
  readonly onTable: PathExpression | undefined;
  readonly actions: readonly AlterAction[];
};
export type AlterAction =
  | SetOptionsAction
  | AddColumnAction
  | DropColumnAction
  | RenameColumnAction
  | RenameToAction
  | AlterColumnAction
  | AddConstraintAction
  | DropConstraintAction
  | DropPrimaryKeyAction
  | SetCollateAction
  | SetAsAction
  | GrantToAction
  | FilterUsingAction
  | RevokeFromAction
  | AddDropResourceAction
  | RebuildAction;
export type SetOptionsAction = Node<'SetOptionsAction'> & { readonly options: OptionList };
export type AddColumnAction = Node<'AddColumnAction'> & { readonly isIfNotExists: boolean; readonly column: ColumnDefinition };
export type DropColumnAction = Node<'DropColumnAction'> & { readonly isIfExists: boolean; readonly column: Identifier };
export type RenameColumnAction = Node<'RenameColumnAction'> & {
  readonly isIfExists: boolean;
  readonly from: Identifier;
  readonly to: Identifier;
};
export type RenameToAction = Node<'RenameToAction'> & { readonly to: PathExpression };
/** `ALTER COLUMN c SET DATA TYPE …` and its kin: one of the fields tells which. */
export type AlterColumnAction = Node<'AlterColumnAction'> & {
  readonly isIfExists: boolean;
  readonly column: Identifier;
  readonly change: 'SET_DATA_TYPE' | 'SET_OPTIONS' | 'SET_DEFAULT' | 'DROP_DEFAULT' | 'DROP_NOT_NULL' | 'DROP_GENERATED';
  readonly type: TypeNode | undefined;
  readonly collation: Expression | undefined;
  readonly options: OptionList | undefined;
  readonly defaultValue: Expression | undefined;
};
export type AddConstraintAction = Node<'AddConstraintAction'> & { readonly constraint: TableConstraint };
export type DropConstraintAction = Node<'DropConstraintAction'> & { readonly isIfExists: boolean; readonly name: Identifier };
export type DropPrimaryKeyAction = Node<'DropPrimaryKeyAction'> & { readonly isIfExists: boolean };
export type SetCollateAction = Node<'SetCollateAction'> & { readonly collation: Expression };
/** `SET AS JSON`. */
export type SetAsAction = Node<'SetAsAction'> & { readonly json: JsonText };
export type GrantToAction = Node<'GrantToAction'> & { readonly grantees: readonly Expression[] };
export type FilterUsingAction = Node<'FilterUsingAction'> & { readonly filter: Expression };
/** No grantees: FROM ALL. */
export type RevokeFromAction = Node<'RevokeFromAction'> & { readonly isAll: boolean; readonly grantees: readonly Expression[] };
/** `ADD REPLICA r OPTIONS (…)`, `DROP REPLICA r` and kin. */
export type AddDropResourceAction = Node<'AddDropResourceAction'> & {
  readonly verb: 'ADD' | 'DROP';
  readonly objectType: string;
  readonly name: PathExpression;
  readonly options: OptionList | undefined;
};
/** `ALTER VECTOR INDEX … REBUILD`. */
export type RebuildAction = Node<'RebuildAction'>;
