import type { SqlType } from '../types/sql-type.ts';
import type { Catalog, NameDefaults } from './catalog.ts';

/** A query parameter's value as in BigQuery's REST `QueryParameterValue`; all members absent: NULL. */
export type ParameterValue = {
  readonly value?: string | null;
  readonly arrayValues?: readonly ParameterValue[];
  readonly structValues?: Readonly<Record<string, ParameterValue>>;
  readonly rangeValue?: { readonly start?: ParameterValue; readonly end?: ParameterValue };
};

/** Named parameters have a name; positional ones count by their place. */
export type QueryParameter = { readonly name?: string; readonly type: SqlType; readonly value: ParameterValue };

/** A script variable: `duckSql` is an expression that gives its value in DuckDB, of DuckDB's form of `type`. */
export type Variable = { readonly name: string; readonly type: SqlType; readonly duckSql: string };

export type AnalyzeOptions = {
  /** The script's whole text, which the tree's spans count in. */
  readonly text: string;
  readonly catalog: Catalog;
  readonly defaults: NameDefaults;
  readonly parameters?: readonly QueryParameter[];
  /** Parameters that are missing are NULL of the type their place asks for, as in a dry run, instead of an error. */
  readonly infersParameters?: boolean;
  readonly variables?: readonly Variable[];
  /** Names without @@, in lower case: `project_id`, `row_count`. */
  readonly systemVariables?: readonly Variable[];
  /** A view is analyzed once, however often it is read. Such a tree is for following values; its DuckDB SQL would be as long as ever. */
  readonly sharesViews?: boolean;
};
