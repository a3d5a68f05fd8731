import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { parseDate, parseDatetime, parseTime, parseTimestamp } from '../rows/parse-temporal.ts';

export type DetectedType = 'BOOLEAN' | 'INTEGER' | 'FLOAT' | 'DATE' | 'TIME' | 'DATETIME' | 'TIMESTAMP' | 'STRING';

const isInteger = (text: string): boolean => /^[+-]?\d{1,18}$/.test(text);
const isFloat = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
const isZoned = (text: string): boolean => /(Z|UTC|[+-]\d{1,2}(:?\d{2})?)\s*$/i.test(text.slice(10));

/** BigQuery's guess for one text value, as autodetect makes it of CSV fields and JSON strings. */
export function detectType(text: string): DetectedType {
  const trimmed = text.trim();
  if (/^(true|false)$/i.test(trimmed)) return 'BOOLEAN';
  if (isInteger(trimmed)) return 'INTEGER';
  if (isFloat(trimmed)) return 'FLOAT';
  if (parseDate(trimmed) !== undefined) return 'DATE';
  if (/:/.test(trimmed) && parseTime(trimmed) !== undefined) return 'TIME';
  if (!/^\d{4}[-/]/.test(trimmed)) return 'STRING';
  if (isZoned(trimmed) && parseTimestamp(trimmed) !== undefined) return 'TIMESTAMP';
  return parseDatetime(trimmed) === undefined ? 'STRING' : trimmed.includes('T') ? 'DATETIME' : 'TIMESTAMP';
}

/** The narrowest type that holds both. */
export function joinTypes(a: DetectedType | undefined, b: DetectedType): DetectedType {
  if (a === undefined || a === b) return b;
  const pair = new Set([a, b]);
  if (pair.has('INTEGER') && pair.has('FLOAT')) return 'FLOAT';
  const isTemporal = [...pair].every((type) => type === 'DATE' || type === 'TIMESTAMP' || type === 'DATETIME');
  return isTemporal ? 'TIMESTAMP' : 'STRING';
}

/** A legal, unused column name. */
export function toColumnName(text: string, fallback: string, used: Set<string>): string {
  const cleaned = text.trim().replace(/[^\p{L}\p{N}_]/gu, '_');
  const base = cleaned === '' ? fallback : /^\d/.test(cleaned) ? `_${cleaned}` : cleaned;
  let name = base;
  for (let suffix = 1; used.has(name.toLowerCase()); suffix++) name = `${base}_${suffix}`;
  used.add(name.toLowerCase());
  return name;
}

export const toField = (name: string, type: string | undefined, extra: Partial<TableFieldSchema> = {}): TableFieldSchema => ({
  name,
  type: type ?? 'STRING',
  mode: 'NULLABLE',
  ...extra,
});
