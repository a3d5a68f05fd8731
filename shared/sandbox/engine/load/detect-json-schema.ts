import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { Json } from '../engine.ts';
import type { TableSchema } from '../resource.ts';
import { type DetectedType, detectType, joinTypes, toField } from './detect-type.ts';

type Shape = { scalar?: DetectedType; isRepeated?: boolean; members?: Map<string, Shape> };
type JsonObject = { readonly [key: string]: Json };

/** Columns in the order the sample mentions them. */
export function detectJsonSchema(sample: readonly JsonObject[]): TableSchema {
  const members = new Map<string, Shape>();
  for (const row of sample) addObject(members, row);
  return { fields: toFields(members) };
}

function addObject(members: Map<string, Shape>, row: JsonObject): void {
  for (const [name, value] of Object.entries(row)) {
    const shape = members.get(name) ?? {};
    members.set(name, shape);
    addValue(shape, value);
  }
}

function addValue(shape: Shape, value: Json): void {
  if (value === null) return;
  if (Array.isArray(value)) {
    shape.isRepeated = true;
    for (const item of value as readonly Json[]) addValue(shape, item);
  } else if (typeof value === 'object') {
    shape.members ??= new Map();
    addObject(shape.members, value as JsonObject);
  } else {
    shape.scalar = joinTypes(shape.scalar, scalarType(value as string | number | boolean));
  }
}

function scalarType(value: string | number | boolean): DetectedType {
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'FLOAT';
  return detectType(value);
}

function toFields(members: ReadonlyMap<string, Shape>): readonly TableFieldSchema[] {
  return [...members].flatMap(([name, { scalar, isRepeated, members: inner }]) => {
    const mode = isRepeated ? 'REPEATED' : 'NULLABLE';
    if (inner) return inner.size === 0 ? [] : [toField(name, 'RECORD', { mode, fields: toFields(inner) })];
    return [toField(name, scalar, { mode })];
  });
}
