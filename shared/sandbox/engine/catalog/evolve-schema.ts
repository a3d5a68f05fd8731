import { isRepeated, isRequired, type TableFieldSchema } from '../../../bigquery/schema.ts';
import { createInvalid, tableText } from '../failure.ts';
import type { TableReference, TableSchema } from '../resource.ts';

/**
 * Whether a new schema may take the place of the old one without touching rows: columns may be added at any depth and REQUIRED may become NULLABLE.
 * Throws `invalid` in Google's words.
 */
export function checkSchemaChange(table: TableReference, old: TableSchema, next: TableSchema): void {
  checkFields(`Provided Schema does not match Table ${tableText(table)}.`, old.fields, next.fields, '');
}

function checkFields(prefix: string, old: readonly TableFieldSchema[], next: readonly TableFieldSchema[], path: string): void {
  const byName = new Map(next.map((field) => [field.name.toLowerCase(), field]));
  for (const field of old) {
    const match = byName.get(field.name.toLowerCase());
    if (match === undefined) throw createInvalid(`${prefix} Field ${path}${field.name} is missing in new schema`);
    checkField(prefix, field, match, path);
    byName.delete(field.name.toLowerCase());
  }
  for (const field of byName.values()) {
    if (isRequired(field)) throw createInvalid(`${prefix} Cannot add required fields to an existing schema. (field: ${path}${field.name})`);
  }
}

function checkField(prefix: string, old: TableFieldSchema, next: TableFieldSchema, path: string): void {
  const name = `${path}${old.name}`;
  if (old.type !== next.type) throw createInvalid(`${prefix} Field ${name} has changed type from ${old.type} to ${next.type}`);
  if (modeOf(old) !== modeOf(next) && !(isRequired(old) && !isRepeated(next))) {
    throw createInvalid(`${prefix} Field ${name} has changed mode from ${modeOf(old)} to ${modeOf(next)}`);
  }
  if (old.fields && next.fields) checkFields(prefix, old.fields, next.fields, `${name}.`);
}

const modeOf = ({ mode }: TableFieldSchema): string => mode ?? 'NULLABLE';

/** The old schema with what the new one adds or relaxes; the order is old fields first. */
export function mergeSchema(old: TableSchema, next: TableSchema): TableSchema {
  return { fields: mergeFields(old.fields, next.fields) };
}

function mergeFields(old: readonly TableFieldSchema[], next: readonly TableFieldSchema[]): readonly TableFieldSchema[] {
  const byName = new Map(next.map((field) => [field.name.toLowerCase(), field]));
  const kept = old.map((field) => {
    const match = byName.get(field.name.toLowerCase());
    byName.delete(field.name.toLowerCase());
    return match === undefined ? field : mergeField(field, match);
  });
  return [...kept, ...byName.values()];
}

function mergeField(old: TableFieldSchema, next: TableFieldSchema): TableFieldSchema {
  const mode = isRequired(old) && !isRequired(next) ? { mode: 'NULLABLE' } : {};
  const fields = old.fields && next.fields ? { fields: mergeFields(old.fields, next.fields) } : {};
  return { ...old, ...mode, ...fields };
}
