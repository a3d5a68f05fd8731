// The syntax tree: names, expressions and types. Queries: ast-query.ts; statements: ast-statement.ts and ast-ddl.ts.
// Names are those of ZetaSQL's parse tree. Rule for walkers (walk.ts): every child is a node or an array of nodes, nothing is nested otherwise.
import type { OrderBy, Query, UnnestExpression, WindowSpecification } from './ast-query.ts';

/** UTF-16 offsets into the script's text; `end` is exclusive. */
export type Span = { readonly start: number; readonly end: number };

export type Node<Kind extends string = string> = { readonly kind: Kind; readonly span: Span };

// Names

/** One name. `name` is unescaped, in its original case; a quoted table path such as `a.b.c` in backticks is one identifier with dots. */
export type Identifier = Node<'Identifier'> & { readonly name: string; readonly isQuoted: boolean };

/** `a.b.c`: a column, a field of a column, a table, a function or a date part; only the analyzer knows. Dashed projects are one unquoted identifier. */
export type PathExpression = Node<'PathExpression'> & { readonly names: readonly Identifier[] };

// Expressions

export type Expression =
  | Literal
  | PathExpression
  | DotIdentifier
  | ArrayElement
  | Parameter
  | SystemVariable
  | UnaryExpression
  | BinaryExpression
  | AndExpression
  | OrExpression
  | IsExpression
  | IsDistinctExpression
  | LikeExpression
  | QuantifiedComparison
  | BetweenExpression
  | InExpression
  | CaseExpression
  | CastExpression
  | ExtractExpression
  | IntervalExpression
  | ArrayConstructor
  | StructConstructor
  | ExpressionSubquery
  | FunctionCall
  | WithExpression
  | DefaultLiteral;

export type Literal =
  | NullLiteral
  | BooleanLiteral
  | IntLiteral
  | FloatLiteral
  | NumericLiteral
  | StringLiteral
  | BytesLiteral
  | DateOrTimeLiteral
  | JsonLiteral
  | RangeLiteral;

export type NullLiteral = Node<'NullLiteral'>;
export type BooleanLiteral = Node<'BooleanLiteral'> & { readonly value: boolean };
/** `image` is the text as written: `42`, `0xFF`. */
export type IntLiteral = Node<'IntLiteral'> & { readonly image: string };
export type FloatLiteral = Node<'FloatLiteral'> & { readonly image: string };
export type NumericLiteral = Node<'NumericLiteral'> & { readonly typeName: 'NUMERIC' | 'BIGNUMERIC'; readonly value: string };
/** `value` is unescaped; adjacent literals are already joined. */
export type StringLiteral = Node<'StringLiteral'> & { readonly value: string };
export type BytesLiteral = Node<'BytesLiteral'> & { readonly value: Uint8Array };
export type DateOrTimeLiteral = Node<'DateOrTimeLiteral'> & {
  readonly typeName: 'DATE' | 'TIME' | 'DATETIME' | 'TIMESTAMP';
  readonly value: string;
};
export type JsonLiteral = Node<'JsonLiteral'> & { readonly value: string };
export type RangeLiteral = Node<'RangeLiteral'> & { readonly type: RangeType; readonly value: string };
/** `DEFAULT` as a value in INSERT, UPDATE and MERGE. */
export type DefaultLiteral = Node<'DefaultLiteral'>;

/** `operand.name` where the operand is no plain path: `f(x).y`, `(a).b`, `arr[0].c`. */
export type DotIdentifier = Node<'DotIdentifier'> & { readonly operand: Expression; readonly name: Identifier };
/** `array[position]`; the accessor is the wrapper as in `array[OFFSET(0)]`. JSON and struct subscripts look the same. */
export type ArrayElement = Node<'ArrayElement'> & {
  readonly array: Expression;
  readonly position: Expression;
  readonly accessor: 'OFFSET' | 'ORDINAL' | 'SAFE_OFFSET' | 'SAFE_ORDINAL' | 'KEY' | 'SAFE_KEY' | undefined;
};
/** `@name` has a name, `?` a position counted from 1 in the order of the text. */
export type Parameter = Node<'Parameter'> & { readonly name: string | undefined; readonly position: number | undefined };
/** `@@a.b`. */
export type SystemVariable = Node<'SystemVariable'> & { readonly names: readonly Identifier[] };

export type UnaryExpression = Node<'UnaryExpression'> & { readonly operator: '-' | '+' | '~' | 'NOT'; readonly operand: Expression };
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type BinaryOperator = ComparisonOperator | '+' | '-' | '*' | '/' | '||' | '|' | '&' | '^' | '<<' | '>>';
/** `<>` is `!=` here. Chains lean left. */
export type BinaryExpression = Node<'BinaryExpression'> & {
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
};
/** Two operands or more: a chain is flat. */
export type AndExpression = Node<'AndExpression'> & { readonly operands: readonly Expression[] };
export type OrExpression = Node<'OrExpression'> & { readonly operands: readonly Expression[] };
export type IsExpression = Node<'IsExpression'> & {
  readonly operand: Expression;
  readonly test: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN';
  readonly isNot: boolean;
};
export type IsDistinctExpression = Node<'IsDistinctExpression'> & {
  readonly left: Expression;
  readonly right: Expression;
  readonly isNot: boolean;
};
export type LikeExpression = Node<'LikeExpression'> & {
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly isNot: boolean;
};
/** The right side of IN and of LIKE ANY: a list, a query or an array. */
export type ValueSource = ExpressionList | Query | UnnestExpression;
export type ExpressionList = Node<'ExpressionList'> & { readonly expressions: readonly Expression[] };
/** `operand LIKE ANY (…)`, `operand = ANY (…)`. SOME is ANY. */
export type QuantifiedComparison = Node<'QuantifiedComparison'> & {
  readonly operand: Expression;
  readonly operator: 'LIKE' | ComparisonOperator;
  readonly quantifier: 'ANY' | 'ALL';
  readonly source: ValueSource;
  readonly isNot: boolean;
};
export type BetweenExpression = Node<'BetweenExpression'> & {
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly isNot: boolean;
};
export type InExpression = Node<'InExpression'> & { readonly operand: Expression; readonly source: ValueSource; readonly isNot: boolean };
/** With `operand`: CASE x WHEN value …; without: CASE WHEN condition … */
export type CaseExpression = Node<'CaseExpression'> & {
  readonly operand: Expression | undefined;
  readonly branches: readonly CaseBranch[];
  readonly elseResult: Expression | undefined;
};
export type CaseBranch = Node<'CaseBranch'> & { readonly when: Expression; readonly then: Expression };
export type CastExpression = Node<'CastExpression'> & {
  readonly operand: Expression;
  readonly type: TypeNode;
  readonly isSafe: boolean;
  readonly format: Expression | undefined;
  readonly timeZone: Expression | undefined;
};
/** A date part where the grammar knows it is one (EXTRACT, INTERVAL). In other calls it is a PathExpression, `WEEK(MONDAY)` a FunctionCall. */
export type DatePart = Node<'DatePart'> & { readonly name: string; readonly weekday: string | undefined };
export type ExtractExpression = Node<'ExtractExpression'> & {
  readonly part: DatePart;
  readonly operand: Expression;
  readonly timeZone: Expression | undefined;
};
/** `INTERVAL value from [TO to]`. */
export type IntervalExpression = Node<'IntervalExpression'> & {
  readonly value: Expression;
  readonly from: DatePart;
  readonly to: DatePart | undefined;
};
/** `[…]`, `ARRAY[…]`, `ARRAY<T>[…]`. */
export type ArrayConstructor = Node<'ArrayConstructor'> & {
  readonly type: ArrayType | undefined;
  readonly elements: readonly Expression[];
};
/** `STRUCT(…)`, `STRUCT<…>(…)`, or the tuple `(a, b)`, which has neither type nor aliases. */
export type StructConstructor = Node<'StructConstructor'> & {
  readonly type: StructType | undefined;
  readonly isTuple: boolean;
  readonly fields: readonly StructConstructorField[];
};
export type StructConstructorField = Node<'StructConstructorField'> & {
  readonly value: Expression;
  readonly alias: Identifier | undefined;
};
/** `(SELECT …)` is scalar, `ARRAY(SELECT …)`, `EXISTS(SELECT …)`. */
export type ExpressionSubquery = Node<'ExpressionSubquery'> & {
  readonly modifier: 'SCALAR' | 'ARRAY' | 'EXISTS';
  readonly hint: Hint | undefined;
  readonly query: Query;
};
/** `WITH(a AS 1, b AS a + 1, a * b)`. */
export type WithExpression = Node<'WithExpression'> & { readonly variables: readonly WithVariable[]; readonly body: Expression };
export type WithVariable = Node<'WithVariable'> & { readonly name: Identifier; readonly value: Expression };

/** `function` holds no SAFE prefix: that is `isSafe`. In a chained call `(x).f(y)`, x is the first argument. */
export type FunctionCall = Node<'FunctionCall'> & {
  readonly function: PathExpression;
  readonly isSafe: boolean;
  readonly isChained: boolean;
  readonly isDistinct: boolean;
  readonly arguments: readonly Argument[];
  readonly nullHandling: 'IGNORE' | 'RESPECT' | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: HavingModifier | undefined;
  readonly orderBy: OrderBy | undefined;
  readonly limit: Expression | undefined;
  readonly hint: Hint | undefined;
  readonly over: WindowSpecification | undefined;
};
export type Argument =
  | Expression
  | Star
  | SelectAsAlias
  | NamedArgument
  | Lambda
  | TableArgument
  | ModelArgument
  | ConnectionArgument
  | DescriptorArgument
  | Query;
/** The `*` of COUNT(*). */
export type Star = Node<'Star'>;
/** `f(x AS alias)`, allowed in a few calls such as ARRAY_ZIP and STRUCT-like functions. */
export type SelectAsAlias = Node<'SelectAsAlias'> & { readonly value: Expression; readonly alias: Identifier };
export type NamedArgument = Node<'NamedArgument'> & { readonly name: Identifier; readonly value: Argument };
export type Lambda = Node<'Lambda'> & { readonly parameters: readonly Identifier[]; readonly body: Expression };
/** A Query among the arguments is a table subquery, `TABLE t` a TableArgument. */
export type TableArgument = Node<'TableArgument'> & { readonly table: PathExpression };
export type ModelArgument = Node<'ModelArgument'> & { readonly model: PathExpression };
export type ConnectionArgument = Node<'ConnectionArgument'> & { readonly connection: PathExpression | undefined };
export type DescriptorArgument = Node<'DescriptorArgument'> & { readonly columns: readonly Identifier[] };
/** `HAVING MAX x` in an aggregate. */
export type HavingModifier = Node<'HavingModifier'> & { readonly bound: 'MAX' | 'MIN'; readonly expression: Expression };

// Types

export type TypeNode = SimpleType | ArrayType | StructType | RangeType | TemplatedType | TableType;
/** `name` is upper case (`INT64`, `DECIMAL`), as written otherwise, not resolved to a canonical name; parameters as in STRING(10), NUMERIC(10, 2). */
export type SimpleType = Node<'SimpleType'> & {
  readonly name: string;
  readonly parameters: readonly TypeParameter[];
  readonly collation: Expression | undefined;
};
export type TypeParameter = IntLiteral | StringLiteral | BooleanLiteral | FloatLiteral | BytesLiteral | MaxLiteral;
export type MaxLiteral = Node<'MaxLiteral'>;
export type ArrayType = Node<'ArrayType'> & { readonly element: TypeNode };
export type StructType = Node<'StructType'> & { readonly fields: readonly StructTypeField[] };
/** NOT NULL and OPTIONS only occur inside column definitions. */
export type StructTypeField = Node<'StructTypeField'> & {
  readonly name: Identifier | undefined;
  readonly type: TypeNode;
  readonly isNotNull: boolean;
  readonly options: OptionList | undefined;
};
export type RangeType = Node<'RangeType'> & { readonly element: TypeNode };
/** `ANY TYPE` of a templated routine's parameter, `ANY TABLE` of a table function's. */
export type TemplatedType = Node<'TemplatedType'> & { readonly of: 'TYPE' | 'TABLE' };
/** `TABLE<a INT64, …>`: a table function's result or parameter. */
export type TableType = Node<'TableType'> & { readonly columns: readonly StructTypeField[] };

// Options and hints

/** `OPTIONS (name = value, …)`. */
export type OptionList = Node<'OptionList'> & { readonly entries: readonly OptionEntry[] };
export type OptionEntry = Node<'OptionEntry'> & {
  readonly name: Identifier;
  readonly operator: '=' | '+=' | '-=';
  readonly value: Expression;
};
/** `@{ name = value }`. BigQuery ignores most. */
export type Hint = Node<'Hint'> & { readonly entries: readonly OptionEntry[] };
