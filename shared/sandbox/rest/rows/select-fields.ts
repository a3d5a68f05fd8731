import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';

/** The fields that dotted, case-insensitive names select, in the order of the schema. Throws `invalid` for a name that is not there. */
export function selectFields(fields: readonly TableFieldSchema[], names: readonly string[], path = ''): readonly TableFieldSchema[] {
  const wanted = names.map((name) => name.trim());
  const unknown = wanted.find((name) => !fields.some((field) => field.name.toLowerCase() === head(name)));
  if (unknown !== undefined)
    throw new BigQueryError({ reason: 'invalid', message: `Field '${path}${unknown}' is not present in the table schema` });
  return fields.flatMap((field) => {
    const mine = wanted.filter((name) => head(name) === field.name.toLowerCase());
    if (mine.length === 0) return [];
    const isWhole = mine.some((name) => !name.includes('.')) || field.fields === undefined;
    return isWhole ? [field] : [{ ...field, fields: selectFields(field.fields, mine.map(tail), `${path}${field.name}.`) }];
  });
}

const head = (name: string): string => name.split('.')[0]!.toLowerCase();
const tail = (name: string): string => name.split('.').slice(1).join('.');
