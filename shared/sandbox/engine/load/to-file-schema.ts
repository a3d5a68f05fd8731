import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { fieldsOf } from '../catalog/stored-table.ts';
import type { LoadRequest } from '../engine.ts';
import type { TableSchema } from '../resource.ts';

/**
 * The schema of a load from files that know their own: the request's where it has one, else the file's, with the types of the columns that are
 * there already. Whether those hold what the file has is for the reader of values to say.
 */
export function toFileSchema(
  core: CatalogCore,
  request: LoadRequest,
  toOwn: (decimalTargetTypes: readonly string[]) => TableSchema,
): TableSchema {
  if (request.schema?.fields?.length) return request.schema;
  const existing = core.state.table(request.destination);
  if (!existing || request.writeDisposition?.startsWith('WRITE_TRUNCATE')) return toOwn(request.decimalTargetTypes ?? ['NUMERIC']);
  return {
    fields: toOwn(request.decimalTargetTypes ?? ['NUMERIC', 'BIGNUMERIC', 'STRING']).fields.map((field) =>
      adopt(field, fieldsOf(existing)),
    ),
  };
}

function adopt(field: TableFieldSchema, columns: readonly TableFieldSchema[]): TableFieldSchema {
  const column = columns.find(({ name }) => name.toLowerCase() === field.name.toLowerCase());
  if (!column) return field;
  const fields = column.fields && field.fields ? { fields: field.fields.map((inner) => adopt(inner, column.fields!)) } : {};
  // A column that takes NULL takes what is never NULL too.
  const mode = column.mode === 'NULLABLE' && field.mode === 'REQUIRED' ? column.mode : field.mode;
  return { ...column, ...(mode === undefined ? {} : { mode }), ...fields };
}
