import type { TableFieldSchema } from '../../../bigquery/schema.ts';

/** The fields that dotted, case-insensitive names select, in the order of the schema. */
export function selectFields(fields: readonly TableFieldSchema[], names: readonly string[]): readonly TableFieldSchema[] {
  return fields.flatMap((field) => {
    const own = field.name.toLowerCase();
    const mine = names.map((name) => name.trim()).filter((name) => head(name) === own);
    if (mine.length === 0) return [];
    const isWhole = mine.some((name) => !name.includes('.')) || field.fields === undefined;
    if (isWhole) return [field];
    return [{ ...field, fields: selectFields(field.fields, mine.map(tail)) }];
  });
}

const head = (name: string): string => name.split('.')[0]!.toLowerCase();
const tail = (name: string): string => name.split('.').slice(1).join('.');
