// The typed tree the analyzer makes and the generator reads. Relations are after ZetaSQL's resolved AST: every column has an identity of its own,
// so that no name is looked up twice and correlated references need no scopes.
import type { ScalarSignature } from '../functions/signature.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { CatalogTable } from './catalog.ts';

/** A column of a relation. Identity is `id`; the name is for messages and output. */
export type Column = { readonly id: number; readonly name: string; readonly type: SqlType };

/** A literal's value: INT64 and scaled decimals as bigint text-free values, dates and times as canonical text, BYTES as bytes, JSON as text. */
export type LiteralValue = null | boolean | bigint | number | string | Uint8Array;

export type ResolvedExpression = (
  | LiteralExpression
  | { readonly kind: 'column'; readonly column: Column }
  | { readonly kind: 'sql'; readonly sql: string; readonly isParameter?: boolean }
  | CallExpression
  | CastCall
  | { readonly kind: 'field'; readonly operand: ResolvedExpression; readonly index: number }
  | { readonly kind: 'struct'; readonly fields: readonly ResolvedExpression[] }
  | { readonly kind: 'array'; readonly elements: readonly ResolvedExpression[]; readonly isTyped: boolean }
  | SubqueryExpression
  | LambdaExpression
  | AggregateExpression
  | WindowExpression
  | { readonly kind: 'grouping'; readonly argument: ResolvedExpression }
) & { readonly type: SqlType };

/** `isUntyped`: NULL without a type yet. `isParameter`: a query parameter's value. `image`: a FLOAT64's text, which a decimal type takes exactly.
 * `isCast`: its type is the one it was cast to, and holds as a column's does. */
export type LiteralExpression = {
  readonly kind: 'literal';
  readonly value: LiteralValue;
  readonly isUntyped?: boolean;
  /** Stands for a parameter that nobody gave, `@name` or the number of a `?`: its type is what the statement makes of it. */
  readonly undeclared?: string | number;
  readonly isParameter?: boolean;
  readonly image?: string;
  readonly isCast?: boolean;
};

/** A call of a library function. `arguments` are coerced to the signature's types already. */
export type CallExpression = {
  readonly kind: 'call';
  readonly name: string;
  readonly signature: ScalarSignature;
  readonly arguments: readonly ResolvedExpression[];
  readonly isSafe: boolean;
};

export type CastCall = {
  readonly kind: 'cast';
  readonly operand: ResolvedExpression;
  readonly isSafe: boolean;
  readonly format?: ResolvedExpression;
  readonly timeZone?: ResolvedExpression;
  /** What a type such as STRING(10) or NUMERIC(5, 2) demands of the value. */
  readonly limits?: TypeLimits;
};
export type TypeLimits = {
  readonly maxLength?: number;
  readonly precision?: number;
  readonly scale?: number;
  /** Of an array's or range's elements; of a struct's fields, by position. */
  readonly element?: TypeLimits;
  readonly fields?: readonly (TypeLimits | undefined)[];
  /** Of a column that is assigned to: errors are worded for it. */
  readonly isColumn?: boolean;
};

export type SubqueryExpression = {
  readonly kind: 'subquery';
  readonly form: 'scalar' | 'array' | 'exists' | 'rows';
  readonly query: ResolvedQuery;
};
export type LambdaExpression = { readonly kind: 'lambda'; readonly parameters: readonly Column[]; readonly body: ResolvedExpression };

export type SortKey = {
  readonly expression: ResolvedExpression;
  readonly isDescending: boolean;
  readonly nulls?: 'FIRST' | 'LAST';
  readonly collation?: string;
};

export type AggregateExpression = {
  readonly kind: 'aggregate';
  readonly name: string;
  readonly signature: ScalarSignature;
  readonly arguments: readonly ResolvedExpression[];
  readonly isDistinct: boolean;
  readonly nullHandling?: 'IGNORE' | 'RESPECT';
  readonly orderBy: readonly SortKey[];
  readonly limit?: ResolvedExpression;
  readonly having?: { readonly bound: 'MAX' | 'MIN'; readonly expression: ResolvedExpression };
  readonly where?: ResolvedExpression;
  readonly isSafe: boolean;
};

export type FrameBound = { readonly boundary: string; readonly offset?: ResolvedExpression };
export type WindowExpression = {
  readonly kind: 'window';
  readonly call: AggregateExpression & { readonly type: SqlType };
  readonly partitionBy: readonly ResolvedExpression[];
  readonly orderBy: readonly SortKey[];
  readonly frame?: { readonly unit: 'ROWS' | 'RANGE'; readonly start: FrameBound; readonly end: FrameBound };
};

export type ComputedColumn = { readonly column: Column; readonly expression: ResolvedExpression };

export type Relation =
  | { readonly kind: 'single-row' }
  | {
      readonly kind: 'table';
      readonly table: CatalogTable;
      readonly columns: readonly { readonly column: Column; readonly duckColumn: string }[];
    }
  | { readonly kind: 'cte'; readonly cte: CteDefinition; readonly columns: readonly Column[] }
  /** A view's rows: `input` is its query. */
  | { readonly kind: 'view'; readonly table: CatalogTable; readonly columns: readonly OutputColumn[]; readonly input: Relation }
  | UnnestRelation
  | JoinRelation
  | { readonly kind: 'filter'; readonly input: Relation; readonly condition: ResolvedExpression }
  | { readonly kind: 'project'; readonly input: Relation; readonly computed: readonly ComputedColumn[] }
  | AggregateRelation
  | { readonly kind: 'distinct'; readonly input: Relation; readonly columns: readonly Column[] }
  | { readonly kind: 'sort'; readonly input: Relation; readonly keys: readonly SortKey[] }
  | { readonly kind: 'limit'; readonly input: Relation; readonly count: ResolvedExpression; readonly offset?: ResolvedExpression }
  | {
      readonly kind: 'set';
      readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
      readonly isAll: boolean;
      readonly inputs: readonly SetInput[];
      readonly columns: readonly Column[];
    }
  | { readonly kind: 'with'; readonly ctes: readonly CteDefinition[]; readonly body: Relation }
  | { readonly kind: 'sample'; readonly input: Relation; readonly percent?: ResolvedExpression; readonly rows?: ResolvedExpression };

/** `expressions` give the set operation's columns, in order, in terms of the input. */
export type SetInput = { readonly relation: Relation; readonly expressions: readonly ResolvedExpression[] };

/** One element column per array; several arrays are zipped. `input` undefined: nothing to the left. `isOuter`: a row remains where the array is empty. */
export type UnnestRelation = {
  readonly kind: 'unnest';
  readonly input?: Relation;
  readonly arrays: readonly { readonly expression: ResolvedExpression; readonly column: Column }[];
  readonly offset?: Column;
  readonly isOuter: boolean;
};

export type JoinRelation = {
  readonly kind: 'join';
  readonly joinType: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS';
  readonly left: Relation;
  readonly right: Relation;
  readonly on?: ResolvedExpression;
  /** The right side reads columns of the left. */
  readonly isLateral: boolean;
};

/** `sets`: indexes into groupBy of each grouping set; undefined for plain GROUP BY. `groupBy` empty: one row for all. */
export type AggregateRelation = {
  readonly kind: 'aggregate';
  readonly input: Relation;
  readonly groupBy: readonly ComputedColumn[];
  readonly sets?: readonly (readonly number[])[];
  readonly aggregates: readonly ComputedColumn[];
};

/** Recursive: `query` is the base term and `recursive` the term that reads the CTE itself. */
export type CteDefinition = {
  readonly name: string;
  readonly query: ResolvedQuery;
  readonly recursive?: { readonly query: ResolvedQuery; readonly isAll: boolean };
};

export type OutputColumn = { readonly name: string; readonly column: Column; readonly isPseudo?: boolean };

/** `isValueTable`: one column, the row itself. */
export type ResolvedQuery = {
  readonly relation: Relation;
  readonly columns: readonly OutputColumn[];
  readonly isValueTable: boolean;
};

export type Assignment = { readonly column: number; readonly value: ResolvedExpression | 'default' };
export type DmlTarget = { readonly table: CatalogTable; readonly relation: Relation };

export type ResolvedStatement = ResolvedBody & { readonly referencedTables: readonly CatalogTable[] };

export type ResolvedBody =
  | { readonly kind: 'query'; readonly query: ResolvedQuery }
  | ResolvedInsert
  | {
      readonly kind: 'update';
      readonly target: DmlTarget;
      readonly from?: Relation;
      readonly where: ResolvedExpression;
      readonly assignments: readonly Assignment[];
    }
  | { readonly kind: 'delete'; readonly target: DmlTarget; readonly where: ResolvedExpression }
  | ResolvedMerge
  | { readonly kind: 'truncate'; readonly target: DmlTarget };

/** `columns`: indexes into the table's columns. Rows or a query whose columns are coerced already. */
export type ResolvedInsert = {
  readonly kind: 'insert';
  readonly table: CatalogTable;
  readonly columns: readonly number[];
  readonly rows?: readonly (readonly (ResolvedExpression | 'default')[])[];
  readonly query?: ResolvedQuery;
};

export type ResolvedMerge = {
  readonly kind: 'merge';
  readonly target: DmlTarget;
  readonly source: Relation;
  readonly on: ResolvedExpression;
  readonly clauses: readonly MergeArm[];
};
export type MergeArm = {
  readonly match: 'MATCHED' | 'NOT_MATCHED_BY_TARGET' | 'NOT_MATCHED_BY_SOURCE';
  readonly condition?: ResolvedExpression;
  readonly action:
    | { readonly kind: 'delete' }
    | { readonly kind: 'update'; readonly assignments: readonly Assignment[] }
    | { readonly kind: 'insert'; readonly columns: readonly number[]; readonly values: readonly (ResolvedExpression | 'default')[] };
};
