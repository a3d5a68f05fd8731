import { parseRestType, type TableFieldSchema } from '../../../bigquery/schema.ts';
import { createInvalid } from '../failure.ts';
import type { TableSchema } from '../resource.ts';

const modes = ['NULLABLE', 'REQUIRED', 'REPEATED'];
const MAX_DEPTH = 15;

/** A client's schema as BigQuery stores it: REST's type names; a mode only where one was given. Throws `invalid`. */
export const parseSchema = (schema: TableSchema): TableSchema => ({ fields: parseFields(schema.fields ?? [], 1) });

function parseFields(fields: readonly TableFieldSchema[], depth: number): readonly TableFieldSchema[] {
  if (depth > MAX_DEPTH) throw createInvalid(`Schema is nested too deeply: at most ${MAX_DEPTH} levels are allowed`);
  const seen = new Set<string>();
  return fields.map((field) => {
    const parsed = parseField(field, depth);
    const key = parsed.name.toLowerCase();
    if (seen.has(key)) throw createInvalid(`Field ${parsed.name} already exists in schema`);
    seen.add(key);
    return parsed;
  });
}

function parseField(field: TableFieldSchema, depth: number): TableFieldSchema {
  if (!field.name) throw createInvalid('Schema field is missing a name');
  if (field.name.length > 300) throw createInvalid(`Invalid field name "${field.name}". Fields must be at most 300 characters long.`);
  const type = parseRestType(field.type ?? '');
  if (type === undefined) throw createInvalid(`Invalid value for type: ${field.type} is not a valid value`);
  const { fields: _, mode: given, ...rest } = field;
  const mode = parseMode(given);
  if (type !== 'RECORD') return { ...rest, type, ...mode };
  if (!field.fields?.length) throw createInvalid(`Field ${field.name} is type RECORD but has no schema`);
  return { ...rest, type, ...mode, fields: parseFields(field.fields, depth + 1) };
}

function parseMode(given: string | null | undefined): Pick<TableFieldSchema, 'mode'> {
  if (!given) return {};
  const mode = given.toUpperCase();
  if (!modes.includes(mode)) throw createInvalid(`Invalid value for mode: ${given} is not a valid value`);
  return { mode };
}
