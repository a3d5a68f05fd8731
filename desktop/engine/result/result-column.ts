import { isRepeated, isRequired, parseRestType, type TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { Column } from '../../../shared/contract/cell.ts';
import { toEngineType, toSqlType } from '../../../shared/derived/result/result-type.ts';

export function toResultColumn(field: TableFieldSchema): Column {
  const fields = parseRestType(field.type) === 'RECORD' ? { fields: (field.fields ?? []).map(toResultColumn) } : {};
  return {
    name: field.name,
    type: toSqlType(field),
    mode: isRepeated(field) ? 'REPEATED' : isRequired(field) ? 'REQUIRED' : 'NULLABLE',
    engineType: toEngineType(field),
    ...fields,
  };
}
