import { quoteName } from './quote.ts';

/** DuckDB folds case and BigQuery does not: each capital is marked, so that `Orders` and `orders` are two tables. */
export const toDuckName = (name: string): string => name.replace(/[A-Z^]/g, (capital) => `^${capital}`);

export type DuckPlace = { readonly database: string; readonly schema: string; readonly table: string };

/** Ready for FROM. */
export const toDuckTable = ({ database, schema, table }: DuckPlace): string =>
  `${quoteName(database)}.${quoteName(schema)}.${quoteName(table)}`;
