import type { DuckDBValue } from '@duckdb/node-api';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import { fieldsOf, type StoredTable, typeOfField } from '../catalog/stored-table.ts';

/** The value now of a column's DEFAULT expression, which is GoogleSQL. */
export type EvaluateDefault = (expression: string, type: SqlType, projectId: string) => Promise<DuckDBValue>;

/** By column; one value for all rows of a request, as CURRENT_TIMESTAMP in one statement. */
export async function evaluateDefaults(table: StoredTable, evaluate: EvaluateDefault): Promise<ReadonlyMap<string, DuckDBValue>> {
  const defaults = new Map<string, DuckDBValue>();
  for (const field of fieldsOf(table)) {
    if (field.defaultValueExpression === undefined) continue;
    defaults.set(field.name, await evaluate(field.defaultValueExpression, typeOfField(field), table.resource.tableReference.projectId));
  }
  return defaults;
}
