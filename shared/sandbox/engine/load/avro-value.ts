import {
  blobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
  listValue,
  structValue,
} from '@duckdb/node-api';
import { isRepeated, type TableFieldSchema } from '../../../bigquery/schema.ts';
import { structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import type { ScalarKind, StructType } from '../../../googlesql/types/sql-type.ts';
import { typeOfField } from '../catalog/stored-table.ts';
import { createInvalid } from '../failure.ts';
import { toDecimalText } from '../rows/decimal-text.ts';
import { createParseScalar } from '../rows/parse-scalar.ts';
import type { AvroType } from './avro-schema.ts';

/** A decoded Avro value as DuckDB takes it for the column; undefined where it does not fit. */
export type ReadAvro = (value: unknown) => DuckDBValue | undefined;

type Wrapped = Readonly<Record<string, unknown>>;

/** Made once per column. Throws where a column cannot hold what the file has, in BigQuery's words. */
export function createReadAvro(type: AvroType, field: TableFieldSchema): ReadAvro {
  const read = createReadPresent(type, field);
  // Unions come as `{ branch: value }`, so that a record is never taken for one.
  if (type.isNullable)
    return (value) => (value === null || value === undefined ? emptyOf(field) : read(Object.values(value as Wrapped)[0]));
  return (value) => (value === undefined ? emptyOf(field) : read(value));
}

const emptyOf = (field: TableFieldSchema): DuckDBValue => (isRepeated(field) ? listValue([]) : null);

function createReadPresent(type: AvroType, field: TableFieldSchema): ReadAvro {
  if (type.kind === 'array') return createReadList(type.element, field);
  if (type.kind === 'map') return createReadMap(type.element, field);
  if (isRepeated(field)) throw incompatible(type, field);
  if (type.kind === 'record') return createReadRecord(type, field);
  return createReadScalar(type.kind, type.logical, type, field);
}

function createReadList(element: AvroType, field: TableFieldSchema): ReadAvro {
  if (!isRepeated(field)) throw incompatible({ kind: 'array', element, isNullable: false }, field);
  const read = createReadAvro(element, { ...field, mode: 'NULLABLE' });
  return (value) => listOf((value as readonly unknown[]).map(read));
}

function createReadMap(element: AvroType, field: TableFieldSchema): ReadAvro {
  const [key, value] = field.fields ?? [];
  if (!isRepeated(field) || !key || !value) throw incompatible({ kind: 'map', element, isNullable: false }, field);
  const names = structFieldNames(typeOfField({ ...field, mode: 'NULLABLE' }) as StructType);
  const read = createReadAvro(element, value);
  return (map) =>
    listOf(
      Object.entries(map as Wrapped).map(([name, each]) => {
        const parsed = read(each);
        return parsed === undefined ? undefined : structValue({ [names[0]!]: name, [names[1]!]: parsed });
      }),
    );
}

const listOf = (items: readonly (DuckDBValue | undefined)[]): DuckDBValue | undefined =>
  items.some((item) => item === undefined || item === null) ? undefined : listValue(items as DuckDBValue[]);

function createReadRecord(type: Extract<AvroType, { kind: 'record' }>, field: TableFieldSchema): ReadAvro {
  if (!field.fields) throw incompatible(type, field);
  const names = structFieldNames(typeOfField(field) as StructType);
  const readers = createReadFields(type, field.fields);
  return (value) => {
    const values = readers.map((read) => read(value as Wrapped));
    if (values.some((each) => each === undefined)) return undefined;
    return structValue(Object.fromEntries(names.map((name, index) => [name, values[index]!])));
  };
}

/** One reader per column, NULL for those the file does not have. */
export function createReadFields(
  { fields }: Extract<AvroType, { kind: 'record' }>,
  columns: readonly TableFieldSchema[],
): readonly ((record: Wrapped) => DuckDBValue | undefined)[] {
  return columns.map((column) => {
    const own = fields.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
    if (own === undefined) return () => emptyOf(column);
    const read = createReadAvro(own.type, column);
    return (record) => read(record[own.name]);
  });
}

type Scalar = Extract<AvroType, { logical?: unknown }>;

function createReadScalar(kind: Scalar['kind'], logical: Scalar['logical'], type: AvroType, field: TableFieldSchema): ReadAvro {
  const column = typeOfField(field).kind;
  if (kind === 'string' || kind === 'enum') {
    if (column === 'STRUCT' || column === 'RANGE') throw incompatible(type, field);
    const parse = createParseScalar(column as ScalarKind, field);
    if (column === 'STRING' || column === 'JSON' || column === 'GEOGRAPHY' || isTemporal(column)) return (value) => parse(value as string);
    throw incompatible(type, field);
  }
  if (logical?.name === 'decimal' && (column === 'NUMERIC' || column === 'BIGNUMERIC' || column === 'STRING'))
    return (value) => toDecimal(column, toInteger(value as Buffer), logical.scale);
  const read = readers[`${kind} ${column}`];
  const unit = logical?.name.endsWith('-millis') ? 1000n : 1n;
  if (read) return (value) => read(value, unit);
  if ((kind === 'int' || kind === 'long') && (column === 'NUMERIC' || column === 'BIGNUMERIC')) {
    const parse = createParseScalar(column, field);
    return (value) => parse(String(value));
  }
  throw incompatible(type, field);
}

const isTemporal = (kind: string): boolean => ['DATE', 'TIME', 'DATETIME', 'TIMESTAMP'].includes(kind);

const toBig = (value: unknown): bigint => BigInt(value as bigint | number);

const readers: Readonly<Record<string, (value: unknown, unit: bigint) => DuckDBValue | undefined>> = {
  'boolean BOOL': (value) => value as boolean,
  'int INT64': toBig,
  'long INT64': toBig,
  'int FLOAT64': Number,
  'long FLOAT64': Number,
  'float FLOAT64': (value) => value as number,
  'double FLOAT64': (value) => value as number,
  'bytes BYTES': (value) => blobValue(value as Buffer),
  'fixed BYTES': (value) => blobValue(value as Buffer),
  'bytes STRING': (value) => (value as Buffer).toString('utf8'),
  'int DATE': (value) => new DuckDBDateValue(value as number),
  'int TIME': (value, unit) => new DuckDBTimeValue(toBig(value) * unit),
  'long TIME': (value, unit) => new DuckDBTimeValue(toBig(value) * unit),
  'long TIMESTAMP': (value, unit) => new DuckDBTimestampTZValue(toBig(value) * unit),
  'long DATETIME': (value, unit) => new DuckDBTimestampValue(toBig(value) * unit),
};

/** Two's complement, the most significant byte first. */
function toInteger(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

function toDecimal(column: 'NUMERIC' | 'BIGNUMERIC' | 'STRING', unscaled: bigint, scale: number): DuckDBValue | undefined {
  if (column === 'STRING') return toDecimalText(unscaled, scale);
  const wanted = column === 'NUMERIC' ? 9 : 38;
  if (scale > wanted) return undefined;
  const scaled = unscaled * 10n ** BigInt(wanted - scale);
  return column === 'NUMERIC' ? new DuckDBDecimalValue(scaled, 38, 9) : scaled;
}

const avroWords: Readonly<Record<string, string>> = { int: 'integer', long: 'integer', double: 'float', enum: 'string', fixed: 'bytes' };

const incompatible = (type: AvroType, { name, type: configured }: TableFieldSchema) =>
  createInvalid(
    `Field ${name} has incompatible types. Configured schema: ${configured.toLowerCase()}; Avro file: ${avroWords[type.kind] ?? type.kind}.`,
  );
