import { isRepeated, type TableFieldSchema } from '../../../bigquery/schema.ts';
import type { TypeLimits } from '../../../googlesql/analyze/resolved-tree.ts';

/** What a column's declaration demands of its values, at any depth: STRING(10), NUMERIC(5, 2). */
export function limitsOfField(field: TableFieldSchema): TypeLimits | undefined {
  if (isRepeated(field)) {
    const element = limitsOfField({ ...field, mode: 'NULLABLE' });
    return element && { element, isColumn: true };
  }
  const { maxLength, precision, scale } = field;
  if (maxLength !== undefined) return { maxLength: Number(maxLength), isColumn: true };
  if (precision !== undefined) return { precision: Number(precision), scale: Number(scale ?? 0), isColumn: true };
  const fields = field.fields?.map(limitsOfField);
  return fields?.some(Boolean) ? { fields, isColumn: true } : undefined;
}
