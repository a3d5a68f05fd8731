// The syntax tree: queries, tables in FROM, windows and pipes.
import type { Argument, Expression, Hint, Identifier, Literal, Node, OptionList, PathExpression, SelectAsAlias } from './ast.ts';

/** Anything that yields a table. ORDER BY and LIMIT belong to the whole body; pipes run after them, in order. */
export type Query = Node<'Query'> & {
  readonly with: WithClause | undefined;
  readonly body: QueryBody;
  readonly orderBy: OrderBy | undefined;
  readonly limit: Limit | undefined;
  readonly pipes: readonly PipeOperator[];
};
/** A Query as body is one in parentheses. */
export type QueryBody = Select | SetOperation | FromQuery | Query;
/** `FROM t` that starts a pipe query. */
export type FromQuery = Node<'FromQuery'> & { readonly from: TableExpression };

export type WithClause = Node<'WithClause'> & { readonly isRecursive: boolean; readonly entries: readonly WithEntry[] };
/** One common table expression (CTE). */
export type WithEntry = Node<'WithEntry'> & { readonly name: Identifier; readonly query: Query };

export type Select = Node<'Select'> & {
  readonly hint: Hint | undefined;
  readonly selectWith: SelectWith | undefined;
  readonly quantifier: 'ALL' | 'DISTINCT' | undefined;
  readonly selectAs: SelectAs | undefined;
  readonly selectList: readonly SelectItem[];
  readonly from: TableExpression | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: GroupBy | undefined;
  readonly having: Expression | undefined;
  readonly qualify: Expression | undefined;
  readonly windows: readonly NamedWindow[];
};
/** `SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (…)`; name is upper case. */
export type SelectWith = Node<'SelectWith'> & { readonly name: string; readonly options: OptionList | undefined };
/** `SELECT AS STRUCT`, `SELECT AS VALUE`, or AS a named (protocol buffer) type, which BigQuery does not have. */
export type SelectAs = Node<'SelectAs'> & { readonly as: 'STRUCT' | 'VALUE'; readonly typeName: PathExpression | undefined };
export type SelectItem = SelectColumn | SelectStar | SelectDotStar;
export type SelectColumn = Node<'SelectColumn'> & { readonly expression: Expression; readonly alias: Identifier | undefined };
/** `* EXCEPT (…) REPLACE (…)`. */
export type SelectStar = Node<'SelectStar'> & {
  readonly except: readonly Identifier[];
  readonly replace: readonly SelectAsAlias[];
};
export type SelectDotStar = Node<'SelectDotStar'> & {
  readonly operand: Expression;
  readonly except: readonly Identifier[];
  readonly replace: readonly SelectAsAlias[];
};

export type GroupBy = Node<'GroupBy'> & {
  readonly isAll: boolean;
  readonly hint: Hint | undefined;
  readonly items: readonly GroupingItem[];
};
/** `GROUP BY ()` is a GroupingExpressions without expressions. */
export type GroupingItem = GroupingExpression | GroupingExpressions | Rollup | Cube | GroupingSets;
/** Alias and ordering only occur in pipe AGGREGATE. */
export type GroupingExpression = Node<'GroupingExpression'> & {
  readonly expression: Expression;
  readonly alias: Identifier | undefined;
  readonly direction: 'ASC' | 'DESC' | undefined;
  readonly nullOrder: 'FIRST' | 'LAST' | undefined;
};
/** `(a, b)` as one grouping set or as one element of ROLLUP or CUBE. */
export type GroupingExpressions = Node<'GroupingExpressions'> & { readonly expressions: readonly Expression[] };
export type Rollup = Node<'Rollup'> & { readonly elements: readonly GroupingExpressions[] };
export type Cube = Node<'Cube'> & { readonly elements: readonly GroupingExpressions[] };
export type GroupingSets = Node<'GroupingSets'> & { readonly sets: readonly (GroupingExpressions | Rollup | Cube)[] };

export type OrderBy = Node<'OrderBy'> & { readonly hint: Hint | undefined; readonly items: readonly OrderingItem[] };
export type OrderingItem = Node<'OrderingItem'> & {
  readonly expression: Expression;
  readonly collation: Expression | undefined;
  readonly direction: 'ASC' | 'DESC' | undefined;
  readonly nullOrder: 'FIRST' | 'LAST' | undefined;
};
export type Limit = Node<'Limit'> & { readonly count: Expression; readonly offset: Expression | undefined };

export type SetOperator = 'UNION' | 'INTERSECT' | 'EXCEPT';
/** How inputs' columns meet: by position; BY NAME; CORRESPONDING (inner by name). `outer` is the FULL/LEFT [OUTER] or INNER prefix. */
export type SetOperationShape = {
  readonly operator: SetOperator;
  readonly quantifier: 'ALL' | 'DISTINCT';
  readonly columnMatch: 'POSITION' | 'BY_NAME' | 'CORRESPONDING';
  readonly outer: 'FULL' | 'LEFT' | 'INNER' | undefined;
  readonly isStrict: boolean;
  readonly matchColumns: readonly Identifier[];
};
/** A chain of the same operator is flat: `inputs` has two or more. */
export type SetOperation = Node<'SetOperation'> & SetOperationShape & { readonly inputs: readonly QueryBody[] };

// Tables in FROM

export type TableExpression =
  | TablePathExpression
  | UnnestTable
  | TableSubquery
  | TableFunctionCall
  | Join
  | PivotTable
  | UnpivotTable
  | SampledTable
  | MatchRecognizeTable;
/** A table, view, CTE, or array path of an earlier table in the same FROM (then `offset` may be there). */
export type TablePathExpression = Node<'TablePathExpression'> & {
  readonly path: PathExpression;
  readonly hint: Hint | undefined;
  readonly alias: Identifier | undefined;
  readonly offset: WithOffset | undefined;
  readonly systemTime: Expression | undefined;
};
/** `UNNEST(expression)` in FROM and on the right of IN. */
export type UnnestExpression = Node<'UnnestExpression'> & { readonly expression: Expression };
export type UnnestTable = Node<'UnnestTable'> & {
  readonly unnest: UnnestExpression;
  readonly hint: Hint | undefined;
  readonly alias: Identifier | undefined;
  readonly offset: WithOffset | undefined;
};
/** `WITH OFFSET [AS alias]`. */
export type WithOffset = Node<'WithOffset'> & { readonly alias: Identifier | undefined };
export type TableSubquery = Node<'TableSubquery'> & {
  readonly isLateral: boolean;
  readonly query: Query;
  readonly alias: Identifier | undefined;
};
/** `ML.PREDICT(MODEL m, TABLE t)`. */
export type TableFunctionCall = Node<'TableFunctionCall'> & {
  readonly function: PathExpression;
  readonly isLateral: boolean;
  readonly arguments: readonly Argument[];
  readonly hint: Hint | undefined;
  readonly alias: Identifier | undefined;
};
export type JoinType = 'COMMA' | 'CROSS' | 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';
/** Either `on`, `using`, or neither (CROSS, COMMA, correlated arrays). */
export type Join = Node<'Join'> & {
  readonly joinType: JoinType;
  readonly left: TableExpression;
  readonly right: TableExpression;
  readonly hint: Hint | undefined;
  readonly on: Expression | undefined;
  readonly using: readonly Identifier[];
};
export type PivotTable = Node<'PivotTable'> & {
  readonly input: TableExpression;
  readonly pivot: Pivot;
  readonly alias: Identifier | undefined;
};
export type Pivot = Node<'Pivot'> & {
  readonly aggregates: readonly PivotExpression[];
  readonly forExpression: Expression;
  readonly values: readonly PivotValue[];
};
export type PivotExpression = Node<'PivotExpression'> & { readonly expression: Expression; readonly alias: Identifier | undefined };
export type PivotValue = Node<'PivotValue'> & { readonly value: Expression; readonly alias: Identifier | undefined };
export type UnpivotTable = Node<'UnpivotTable'> & {
  readonly input: TableExpression;
  readonly unpivot: Unpivot;
  readonly alias: Identifier | undefined;
};
/** `UNPIVOT(valueColumns FOR nameColumn IN (items))`. */
export type Unpivot = Node<'Unpivot'> & {
  readonly nullFilter: 'INCLUDE' | 'EXCLUDE' | undefined;
  readonly valueColumns: readonly PathExpression[];
  readonly nameColumn: PathExpression;
  readonly items: readonly UnpivotItem[];
};
/** `label` is the string or integer after AS. */
export type UnpivotItem = Node<'UnpivotItem'> & { readonly columns: readonly PathExpression[]; readonly label: Literal | undefined };
export type SampledTable = Node<'SampledTable'> & { readonly input: TableExpression; readonly sample: TableSample };
export type TableSample = Node<'TableSample'> & {
  readonly method: string;
  readonly size: Expression;
  readonly unit: 'PERCENT' | 'ROWS';
  readonly partitionBy: readonly Expression[];
  readonly repeatable: Expression | undefined;
};
export type MatchRecognizeTable = Node<'MatchRecognizeTable'> & {
  readonly input: TableExpression;
  readonly match: MatchRecognize;
  readonly alias: Identifier | undefined;
};
/** `patternText` is the row pattern as written. */
export type MatchRecognize = Node<'MatchRecognize'> & {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: OrderBy | undefined;
  readonly measures: readonly SelectColumn[];
  readonly afterMatchSkip: 'PAST LAST ROW' | 'TO NEXT ROW' | undefined;
  readonly patternText: string;
  readonly define: readonly SelectAsAlias[];
  readonly options: OptionList | undefined;
};

// Windows

export type NamedWindow = Node<'NamedWindow'> & { readonly name: Identifier; readonly specification: WindowSpecification };
/** `OVER w` has only `baseName`. */
export type WindowSpecification = Node<'WindowSpecification'> & {
  readonly baseName: Identifier | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: OrderBy | undefined;
  readonly frame: WindowFrame | undefined;
};
export type WindowFrame = Node<'WindowFrame'> & {
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: FrameBound;
  readonly end: FrameBound | undefined;
};
/** `offset` is there for OFFSET PRECEDING and OFFSET FOLLOWING only. */
export type FrameBound = Node<'FrameBound'> & {
  readonly boundary: 'UNBOUNDED PRECEDING' | 'OFFSET PRECEDING' | 'CURRENT ROW' | 'OFFSET FOLLOWING' | 'UNBOUNDED FOLLOWING';
  readonly offset: Expression | undefined;
};

// Pipes

export type PipeOperator =
  | PipeSelect
  | PipeExtend
  | PipeSet
  | PipeDrop
  | PipeRename
  | PipeAs
  | PipeWhere
  | PipeLimit
  | PipeAggregate
  | PipeDistinct
  | PipeOrderBy
  | PipeJoin
  | PipeCall
  | PipeWindow
  | PipeTableSample
  | PipePivot
  | PipeUnpivot
  | PipeSetOperation
  | PipeAssert
  | PipeWith
  | PipeMatchRecognize;
/** The Select has no FROM; only list, quantifier, AS and windows. */
export type PipeSelect = Node<'PipeSelect'> & { readonly select: Select };
export type PipeExtend = Node<'PipeExtend'> & { readonly items: readonly SelectItem[]; readonly windows: readonly NamedWindow[] };
export type PipeSet = Node<'PipeSet'> & { readonly items: readonly PipeSetItem[] };
export type PipeSetItem = Node<'PipeSetItem'> & { readonly column: Identifier; readonly value: Expression };
export type PipeDrop = Node<'PipeDrop'> & { readonly columns: readonly Identifier[] };
export type PipeRename = Node<'PipeRename'> & { readonly items: readonly PipeRenameItem[] };
export type PipeRenameItem = Node<'PipeRenameItem'> & { readonly from: Identifier; readonly to: Identifier };
export type PipeAs = Node<'PipeAs'> & { readonly alias: Identifier };
export type PipeWhere = Node<'PipeWhere'> & { readonly condition: Expression };
export type PipeLimit = Node<'PipeLimit'> & { readonly limit: Limit };
/** `isOrdered`: GROUP AND ORDER BY. Aggregate items may carry an ordering too. */
export type PipeAggregate = Node<'PipeAggregate'> & {
  readonly aggregates: readonly PipeAggregateItem[];
  readonly groupBy: GroupBy | undefined;
  readonly isOrdered: boolean;
};
export type PipeAggregateItem = Node<'PipeAggregateItem'> & {
  readonly expression: Expression;
  readonly alias: Identifier | undefined;
  readonly direction: 'ASC' | 'DESC' | undefined;
  readonly nullOrder: 'FIRST' | 'LAST' | undefined;
};
export type PipeDistinct = Node<'PipeDistinct'>;
export type PipeOrderBy = Node<'PipeOrderBy'> & { readonly orderBy: OrderBy };
/** The pipe's input is the left side. */
export type PipeJoin = Node<'PipeJoin'> & {
  readonly joinType: JoinType;
  readonly right: TableExpression;
  readonly hint: Hint | undefined;
  readonly on: Expression | undefined;
  readonly using: readonly Identifier[];
};
/** The pipe's input is the function's first table argument. */
export type PipeCall = Node<'PipeCall'> & { readonly call: TableFunctionCall };
export type PipeWindow = Node<'PipeWindow'> & { readonly items: readonly SelectColumn[] };
export type PipeTableSample = Node<'PipeTableSample'> & { readonly sample: TableSample };
export type PipePivot = Node<'PipePivot'> & { readonly pivot: Pivot; readonly alias: Identifier | undefined };
export type PipeUnpivot = Node<'PipeUnpivot'> & { readonly unpivot: Unpivot; readonly alias: Identifier | undefined };
export type PipeSetOperation = Node<'PipeSetOperation'> & SetOperationShape & { readonly inputs: readonly Query[] };
export type PipeAssert = Node<'PipeAssert'> & { readonly condition: Expression; readonly messages: readonly Expression[] };
export type PipeWith = Node<'PipeWith'> & { readonly with: WithClause };
export type PipeMatchRecognize = Node<'PipeMatchRecognize'> & { readonly match: MatchRecognize; readonly alias: Identifier | undefined };
