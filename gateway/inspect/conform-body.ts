import { Refusal } from '../errors.ts';
import { bodyShapes } from './body-shapes.ts';
import type { JsonObject, JsonValue } from './parse-strict-json.ts';

export type ConformedBody = {
  readonly json: JsonObject /** Paths of keys that are no part of the method's body. */;
  readonly dropped: readonly string[];
};

/**
 * Reads a body as BigQuery would: what it does not know is dropped, `"true"` becomes true, an int64 given as a number becomes text.
 * So what is judged, what is recorded and what is sent are the same values. Nulls are absent fields.
 */
export function conformBody(value: JsonValue, shapeName: string): ConformedBody {
  const dropped: string[] = [];
  if (!isObject(value)) throw new Refusal('REQUEST_BAD_JSON', { why: 'an object was expected' });
  return { json: conformObject(value, shapeName, '', dropped), dropped };
}

function conformObject(value: JsonObject, shapeName: string, path: string, dropped: string[]): JsonObject {
  const shape = bodyShapes[shapeName]!;
  const out: JsonObject = Object.create(null);
  for (const key in value) {
    const field = value[key]!;
    const here = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(shape, key)) dropped.push(here.slice(0, 200));
    else if (field !== null) out[key] = conform(field, shape[key]!, here, dropped);
  }
  return out;
}

function conform(value: JsonValue, type: string, path: string, dropped: string[]): JsonValue {
  if (type.endsWith('[]'))
    return expectList(value, path).map((each, index) => conform(each, type.slice(0, -2), `${path}[${index}]`, dropped));
  if (type.endsWith('{}')) return conformMap(value, type.slice(0, -2), path, dropped);
  if (type === 'any') return value;
  if (type === 'string') return conformString(value, path);
  if (type === 'boolean') return conformBoolean(value, path);
  if (type === 'number') return conformNumber(value, path);
  if (!isObject(value)) throw mistake(path, 'an object');
  return conformObject(value, type, path, dropped);
}

function conformMap(value: JsonValue, type: string, path: string, dropped: string[]): JsonObject {
  if (!isObject(value)) throw mistake(path, 'an object');
  const out: JsonObject = Object.create(null);
  for (const [key, entry] of Object.entries(value)) out[key] = conform(entry, type, `${path}.${key}`, dropped);
  return out;
}

function expectList(value: JsonValue, path: string): JsonValue[] {
  if (!Array.isArray(value)) throw mistake(path, 'a list');
  return value;
}

function conformString(value: JsonValue, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isRawNumber(value)) return value.rawJSON;
  throw mistake(path, 'a string');
}

function conformBoolean(value: JsonValue, path: string): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text !== 'true' && text !== 'false') throw mistake(path, 'true or false');
  return text === 'true';
}

function conformNumber(value: JsonValue, path: string): JsonValue {
  if (typeof value === 'number' || isRawNumber(value)) return value;
  if (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,6})?$/.test(value)) return Number(value);
  throw mistake(path, 'a number');
}

const isRawNumber = (value: JsonValue): value is { readonly rawJSON: string } =>
  (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
const mistake = (path: string, expected: string): Refusal => new Refusal('REQUEST_BAD_JSON', { why: `"${path}" must be ${expected}` });
