import type { JsonObject } from '../rest-call.ts';

/** INT64 members of a column; clients also send them as JSON numbers, and get text back. */
const int64Members = ['maxLength', 'precision', 'scale', 'timestampPrecision'] as const;

/** A schema as BigQuery writes it back. What is no schema is left for the engine to refuse. */
export function toWireSchema(schema: unknown): unknown {
  const { fields } = (schema ?? {}) as { fields?: unknown };
  return Array.isArray(fields) ? { ...(schema as JsonObject), fields: fields.map(toWireField) } : schema;
}

function toWireField(field: unknown): unknown {
  if (typeof field !== 'object' || field === null) return field;
  const given = field as JsonObject;
  const texts = int64Members.filter((name) => typeof given[name] === 'number').map((name) => [name, String(given[name])] as const);
  const fields = Array.isArray(given['fields']) ? { fields: given['fields'].map(toWireField) } : {};
  return { ...given, ...Object.fromEntries(texts), ...fields };
}
