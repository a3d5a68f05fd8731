import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { limitsOfNode } from '../../../googlesql/analyze/analyze-type.ts';
import type { StructTypeField, TypeNode } from '../../../googlesql/syntax/ast.ts';
import type { ColumnDefinition } from '../../../googlesql/syntax/ast-ddl.ts';
import { toTableFieldSchema } from '../../../googlesql/types/table-field-schema.ts';
import { createInvalidQuery } from '../failure.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { optionValues } from './option-values.ts';

/** A column definition as REST describes it. Throws for a type that does not exist and a DEFAULT that does not fit. */
export async function toColumnSchema(context: StatementContext, column: ColumnDefinition): Promise<TableFieldSchema> {
  if (column.generated) throw createInvalidQuery(`Generated columns are not supported by the sandbox: ${column.name.name}`);
  if (column.type === undefined) throw createInvalidQuery(`Column ${column.name.name} has no type`);
  const options = column.options ? await optionValues(context, column.options) : {};
  const type = context.typeOf(column.type);
  if (column.defaultValue) context.scalar(column.defaultValue, type);
  const description = options['description'];
  return {
    ...toFieldOfNode(context, column.name.name, column.type),
    ...(column.isNotNull && { mode: 'REQUIRED' }),
    ...(typeof description === 'string' && { description }),
    ...(column.defaultValue && { defaultValueExpression: context.slice(column.defaultValue) }),
  };
}

/** What a type says beside its kind: lengths, precision, and which nested fields may not be NULL. */
export function toFieldOfNode(context: StatementContext, name: string, node: TypeNode): TableFieldSchema {
  if (node.kind === 'ArrayType') return { ...toFieldOfNode(context, name, node.element), mode: 'REPEATED' };
  const field: TableFieldSchema = toTableFieldSchema(name, context.typeOf(node));
  if (node.kind === 'StructType') return { ...field, fields: node.fields.map((inner, index) => toInnerField(context, inner, index)) };
  const limits = limitsOfNode(node);
  return {
    ...field,
    ...(limits?.maxLength !== undefined && { maxLength: String(limits.maxLength) }),
    ...(limits?.precision !== undefined && { precision: String(limits.precision) }),
    ...(limits?.scale ? { scale: String(limits.scale) } : {}),
  };
}

function toInnerField(context: StatementContext, { name, type, isNotNull }: StructTypeField, index: number): TableFieldSchema {
  return { ...toFieldOfNode(context, name?.name ?? `_field_${index + 1}`, type), ...(isNotNull && { mode: 'REQUIRED' }) };
}
