import { type DuckDBValue, listValue, structValue } from '@duckdb/node-api';
import { isRepeated, isRequired, type TableFieldSchema } from '../../../bigquery/schema.ts';
import { structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import type { ScalarKind, StructType } from '../../../googlesql/types/sql-type.ts';
import { typeOfField } from '../catalog/stored-table.ts';
import type { Json } from '../engine.ts';
import { createParseScalar, limitFault } from './parse-scalar.ts';

/** What is wrong with one field of a row; `location` is its dotted path. */
export type FieldFault = { readonly location: string; readonly message: string };

export type ParseOptions = {
  readonly ignoreUnknownValues?: boolean;
  /** Streaming inserts send JSON columns as JSON text; loads as JSON itself. */
  readonly jsonAsText?: boolean;
  /** Streaming inserts are stricter than loads, and say what is wrong in other words. */
  readonly isStreaming?: boolean;
  /** Values for columns the row does not mention. */
  readonly defaults?: ReadonlyMap<string, DuckDBValue>;
};

export type ParsedRow = { readonly values: readonly DuckDBValue[]; readonly faults: readonly FieldFault[] };
type JsonObject = { readonly [key: string]: Json };
type ParseField = (value: Json | undefined, faults: FieldFault[]) => DuckDBValue;

/** Made once per table; column names match case-insensitively. Messages are BigQuery's. */
export function createParseRow(fields: readonly TableFieldSchema[], options: ParseOptions = {}): (row: JsonObject) => ParsedRow {
  const parse = createParseObject(fields, '', options);
  return (row) => {
    const faults: FieldFault[] = [];
    return { values: parse(row, faults), faults };
  };
}

function createParseObject(fields: readonly TableFieldSchema[], path: string, options: ParseOptions) {
  const indexes = new Map(fields.map((field, index) => [field.name.toLowerCase(), index]));
  const parsers = fields.map((field) => createParseField(field, `${path}${field.name}`, options));
  return (row: JsonObject, faults: FieldFault[]): DuckDBValue[] => {
    const given: (Json | undefined)[] = new Array(fields.length).fill(undefined);
    for (const [key, value] of Object.entries(row)) {
      const index = indexes.get(key.toLowerCase());
      if (index !== undefined) given[index] = value;
      else if (!options.ignoreUnknownValues) faults.push({ location: `${path}${key}`, message: `no such field: ${path}${key}.` });
    }
    return parsers.map((parse, index) => parse(given[index], faults));
  };
}

function createParseField(field: TableFieldSchema, path: string, options: ParseOptions): ParseField {
  const parse = createParseValue(field, path, options);
  if (isRepeated(field)) return createParseList(path, parse);
  return (value, faults) => {
    if (value === undefined && options.defaults?.has(path)) return options.defaults.get(path)!;
    if (value === undefined || value === null) {
      if (isRequired(field)) faults.push({ location: path, message: `Missing required field: ${path}.` });
      return null;
    }
    if (Array.isArray(value) && field.type !== 'JSON') return fault(faults, path, `Array specified for non-repeated field: ${path}.`);
    return parse(value, faults);
  };
}

const createParseList =
  (path: string, parse: ParseField): ParseField =>
  (value, faults) => {
    if (value === undefined || value === null) return listValue([]);
    if (!Array.isArray(value)) return fault(faults, path, `Repeated value added outside of an array, field: ${path}.`);
    return listValue(
      (value as readonly Json[]).map((item) =>
        item === null ? fault(faults, path, `Only optional fields can be set to NULL. Field: ${path}; Value: NULL`) : parse(item, faults),
      ),
    );
  };

function createParseValue(field: TableFieldSchema, path: string, options: ParseOptions): ParseField {
  const type = typeOfField({ ...field, mode: 'NULLABLE' });
  if (type.kind === 'STRUCT') return createParseStruct(field, type, path, options);
  if (type.kind === 'RANGE') return createParseRange(field, path);
  if (type.kind === 'JSON' && !options.jsonAsText) return (value) => JSON.stringify(value);
  const parse = createParseScalar(type.kind as ScalarKind, field);
  const toFault = options.isStreaming ? toStreamingFault : toConversionFault;
  return (value, faults) => {
    if (options.isStreaming && type.kind === 'STRING' && typeof value === 'boolean')
      return fault(faults, path, 'Conversion from bool to std::string is unsupported.');
    if (typeof value === 'object' && type.kind !== 'JSON') return fault(faults, path, `This field: ${path} is not a record.`);
    const parsed = typeof value === 'object' ? JSON.stringify(value) : parse(value!);
    if (parsed !== undefined) return parsed;
    const limit = typeof value === 'object' ? undefined : limitFault(field, type.kind as ScalarKind, value!);
    return fault(faults, path, limit === undefined ? toFault(type.kind, path, value!) : `Field ${path}: ${limit}`);
  };
}

function createParseStruct(field: TableFieldSchema, type: StructType, path: string, options: ParseOptions): ParseField {
  const names = structFieldNames(type);
  const parse = createParseObject(field.fields ?? [], `${path}.`, options);
  return (value, faults) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fault(faults, path, `Value for record field ${path} is not a record.`);
    const values = parse(value as JsonObject, faults);
    return structValue(Object.fromEntries(names.map((name, index) => [name, values[index]!])));
  };
}

function createParseRange(field: TableFieldSchema, path: string): ParseField {
  const element = createParseScalar((field.rangeElementType?.type ?? 'DATE') as ScalarKind, {
    name: field.name,
    type: field.rangeElementType?.type ?? 'DATE',
  });
  const parseBound = (bound: Json | undefined): DuckDBValue | undefined =>
    bound === undefined || bound === null || /^(UNBOUNDED|NULL)$/i.test(String(bound)) ? null : element(bound as string);
  return (value, faults) => {
    const match = typeof value === 'string' ? /^\s*\[(.*),\s*(.*)\)\s*$/.exec(value) : undefined;
    const bounds = match ? [match[1]!.trim(), match[2]!.trim()] : [(value as JsonObject)['start'], (value as JsonObject)['end']];
    const [start, end] = bounds.map(parseBound);
    if (start === undefined || end === undefined) return fault(faults, path, toConversionFault('RANGE', path, value!));
    return structValue({ start, end });
  };
}

function fault(faults: FieldFault[], location: string, message: string): null {
  faults.push({ location, message });
  return null;
}

const typeWords: Readonly<Record<string, string>> = { INT64: 'integer', FLOAT64: 'double', BOOL: 'boolean' };

const toConversionFault = (kind: string, path: string, value: Json): string =>
  `Could not convert value to ${typeWords[kind] ?? kind.toLowerCase()}. Field: ${path}; Value: ${typeof value === 'string' ? value : JSON.stringify(value)}`;

const streamingWords: Readonly<Record<string, string>> = { INT64: 'integer', FLOAT64: 'floating point', BOOL: 'boolean' };

function toStreamingFault(kind: string, path: string, value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (kind in streamingWords) return `Cannot convert value to ${streamingWords[kind]} (bad value):${text}`;
  if (kind === 'DATE') return `Invalid date: '${text}'`;
  if (kind === 'DATETIME' || kind === 'TIME') return `Invalid ${kind.toLowerCase()} string "${text}"`;
  if (kind !== 'TIMESTAMP') return toConversionFault(kind, path, value);
  return `Could not parse '${text}' as a timestamp. Required format is YYYY-MM-DD HH:MM[:SS[.SSSSSS]] or YYYY/MM/DD HH:MM[:SS[.SSSSSS]]`;
}
