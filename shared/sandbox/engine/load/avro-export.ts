import type {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBValue,
} from '@duckdb/node-api';
import { isRepeated, isRequired, type TableFieldSchema } from '../../../bigquery/schema.ts';
import { typeOfField } from '../catalog/stored-table.ts';
import { createToCell } from '../rows/to-cell.ts';

/** How a column is written: its Avro type, and a value of DuckDB as avsc takes it. */
export type AvroColumn = { readonly schema: unknown; readonly toAvro: (value: DuckDBValue) => unknown };

/** The file's record. Record types inside carry their path, since a name stands for one type only. */
export function toAvroRecord(fields: readonly TableFieldSchema[], useLogicalTypes: boolean, name = 'Root') {
  const columns = fields.map((field) => toAvroColumn(field, useLogicalTypes, `${name}_${field.name}`));
  const schema = {
    type: 'record',
    name,
    fields: fields.map((field, index) => ({
      name: field.name,
      type: columns[index]!.schema,
      ...(field.description === undefined ? {} : { doc: field.description }),
    })),
  };
  const toRecord = (values: readonly DuckDBValue[]): Record<string, unknown> =>
    Object.fromEntries(fields.map((field, index) => [field.name, columns[index]!.toAvro(values[index] ?? null)]));
  return { schema, toRecord };
}

function toAvroColumn(field: TableFieldSchema, useLogicalTypes: boolean, name: string): AvroColumn {
  const { schema, toAvro } = field.fields ? toAvroStruct(field, useLogicalTypes, name) : toAvroScalar(field, useLogicalTypes);
  if (isRepeated(field)) {
    return {
      schema: { type: 'array', items: schema },
      toAvro: (value) => (value === null ? [] : (value as DuckDBListValue).items.map(toAvro)),
    };
  }
  if (isRequired(field)) return { schema, toAvro };
  const branch = branchOf(schema);
  return { schema: ['null', schema], toAvro: (value) => (value === null ? null : { [branch]: toAvro(value) }) };
}

/** What a union calls this type. */
function branchOf(schema: unknown): string {
  if (typeof schema === 'string') return schema;
  const { type, name } = schema as { readonly type: string; readonly name?: string };
  return name ?? type;
}

function toAvroStruct(field: TableFieldSchema, useLogicalTypes: boolean, name: string): AvroColumn {
  const { schema, toRecord } = toAvroRecord(field.fields ?? [], useLogicalTypes, name);
  return { schema, toAvro: (value) => toRecord(Object.values((value as DuckDBStructValue).entries)) };
}

function toAvroScalar(field: TableFieldSchema, useLogicalTypes: boolean): AvroColumn {
  const type = typeOfField({ ...field, mode: 'NULLABLE' });
  const native = natives[type.kind];
  if (native) return native;
  const logical = useLogicalTypes ? logicals[type.kind] : undefined;
  if (logical) return logical;
  if (type.kind === 'STRING') return { schema: 'string', toAvro: String };
  const toCell = createToCell(type);
  return { schema: { type: 'string', sqlType: type.kind }, toAvro: (value) => toCell(value) };
}

const natives: Readonly<Record<string, AvroColumn>> = {
  BOOL: { schema: 'boolean', toAvro: (value) => value },
  INT64: { schema: 'long', toAvro: (value) => value },
  FLOAT64: { schema: 'double', toAvro: Number },
  BYTES: { schema: 'bytes', toAvro: (value) => Buffer.from((value as DuckDBBlobValue).bytes) },
  NUMERIC: {
    schema: { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 9 },
    toAvro: (value) => toBytes((value as DuckDBDecimalValue).value),
  },
  BIGNUMERIC: { schema: { type: 'bytes', logicalType: 'decimal', precision: 77, scale: 38 }, toAvro: (value) => toBytes(value as bigint) },
  TIMESTAMP: { schema: { type: 'long', logicalType: 'timestamp-micros' }, toAvro: (value) => (value as DuckDBTimestampTZValue).micros },
};

const logicals: Readonly<Record<string, AvroColumn>> = {
  DATE: { schema: { type: 'int', logicalType: 'date' }, toAvro: (value) => (value as DuckDBDateValue).days },
  TIME: { schema: { type: 'long', logicalType: 'time-micros' }, toAvro: (value) => (value as DuckDBTimeValue).micros },
  DATETIME: {
    schema: { type: 'long', logicalType: 'local-timestamp-micros' },
    toAvro: (value) => (value as DuckDBTimestampValue).micros,
  },
};

/** Two's complement in as few bytes as it takes, the most significant first. */
export function toBytes(value: bigint): Buffer {
  let size = 1;
  while (BigInt.asIntN(size * 8, value) !== value) size++;
  return Buffer.from(
    BigInt.asUintN(size * 8, value)
      .toString(16)
      .padStart(size * 2, '0'),
    'hex',
  );
}
