import type { SqlType } from '../types/sql-type.ts';
import type { ResolvedExpression, TypeLimits } from './resolved-tree.ts';

/** Where unqualified names belong: the request's default dataset, or a view's own home. */
export type NameDefaults = { readonly projectId?: string; readonly datasetId?: string };

/**
 * What the analyzer asks of whoever owns the tables. Paths are split at dots already (a quoted `a.b.c` arrives as three names) and hold one to four
 * names, INFORMATION_SCHEMA views included. An unknown object: throw BigQuery's `Not found: …`, or return undefined and the analyzer says it.
 */
export interface Catalog {
  /** `at`: the time of FOR SYSTEM_TIME AS OF, a TIMESTAMP that reads no column. */
  findTable(path: readonly string[], defaults: NameDefaults, at?: ResolvedExpression): CatalogTable | undefined;
  findRoutine(path: readonly string[], defaults: NameDefaults): CatalogRoutine | undefined;
}

export type TablePath = { readonly projectId: string; readonly datasetId: string; readonly tableId: string };

export type CatalogColumn = {
  readonly name: string;
  readonly type: SqlType;
  /** The column's name in `duckName`, unquoted, when it is not `name`. */
  readonly duckColumn?: string;
  /** Not part of `*`, of INSERT without a column list, nor of a whole row: `_TABLE_SUFFIX`, `_PARTITIONTIME`. */
  readonly isPseudo?: boolean;
  /** DuckDB SQL of the column's DEFAULT, ready to run; NULL when absent. */
  readonly duckDefault?: string;
  readonly isRequired?: boolean;
  /** Of STRING(10), NUMERIC(5, 2) and types that hold them: what is assigned is held to it. */
  readonly limits?: TypeLimits;
};

export type CatalogTable = {
  readonly path: TablePath;
  readonly columns: readonly CatalogColumn[];
  /** A table expression for DuckDB's FROM: a quoted name, or a parenthesised SELECT (wildcard tables, INFORMATION_SCHEMA). DML targets are always names. */
  readonly duckName: string;
  /** Set for a view: it is expanded in place; `columns` and `duckName` are not read then. */
  readonly view?: CatalogView;
  /** One anonymous column that is the row (CREATE TABLE … AS SELECT AS VALUE). */
  readonly isValueTable?: boolean;
};

export type CatalogView = { readonly sql: string; readonly columnNames?: readonly string[]; readonly defaults: NameDefaults };

export type CatalogRoutine = SqlFunction | JavaScriptFunction | TableFunction;

/** `type` undefined: ANY TYPE. */
export type RoutineParameter = { readonly name: string; readonly type?: SqlType; readonly isNotAggregate?: boolean };

/** Expanded in place. `body` is the expression after AS, without the outer parentheses or with them. */
export type SqlFunction = {
  readonly kind: 'sql';
  readonly name: string;
  readonly parameters: readonly RoutineParameter[];
  readonly returns?: SqlType;
  readonly body: string;
  readonly isAggregate?: boolean;
  readonly defaults: NameDefaults;
};

/** `toSql` is DuckDB SQL of a call, given that of the arguments; they and the value have DuckDB's form of the declared types (generate/README.md). */
export type JavaScriptFunction = {
  readonly kind: 'javascript';
  readonly name: string;
  readonly parameters: readonly (RoutineParameter & { readonly type: SqlType })[];
  readonly returns: SqlType;
  readonly toSql: (values: readonly string[]) => string;
};

/** Expanded in place. A parameter with `isTable` takes a relation: TABLE t or a subquery. */
export type TableFunction = {
  readonly kind: 'table';
  readonly name: string;
  readonly parameters: readonly (RoutineParameter & { readonly isTable?: boolean })[];
  readonly query: string;
  readonly defaults: NameDefaults;
};
