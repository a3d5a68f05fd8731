import {
  BIGINT,
  BIGNUM,
  BLOB,
  BOOLEAN,
  blobValue,
  DECIMAL,
  DOUBLE,
  type DuckDBBlobValue,
  type DuckDBDataChunk,
  DuckDBDecimalValue,
  type DuckDBListValue,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  type DuckDBVector,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api';
import type { ScalarUdf, UdfType, UdfValue } from '../../../googlesql/functions/scalar-udf.ts';
import { SCALAR_UDFS } from '../../../googlesql/functions/scalar-udfs.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';

/** What the generated SQL calls beside DuckDB's own functions. DuckDB knows them on all connections of the instance. */
export function prepareFunctions({ native }: DuckConnection): void {
  for (const udf of SCALAR_UDFS) native.registerScalarFunction(toScalarFunction(udf));
}

function toScalarFunction(udf: ScalarUdf): DuckDBScalarFunction {
  const readers = udf.parameters.map(createReader);
  const write = createWriter(udf.returns);
  return DuckDBScalarFunction.create({
    name: udf.name,
    returnType: duckTypeOf(udf.returns),
    parameterTypes: udf.parameters.map(duckTypeOf),
    specialHandling: udf.takesNull ?? false,
    mainFunction: (_info, chunk, output) => callForRows(udf, readers, write, chunk, output),
  });
}

type Reader = (value: DuckDBValue) => UdfValue;
type Writer = (value: NonNullable<UdfValue>) => DuckDBValue;

/** The hot loop of every query that calls a function DuckDB does not have. */
function callForRows(udf: ScalarUdf, readers: readonly Reader[], write: Writer, chunk: DuckDBDataChunk, output: DuckDBVector): void {
  const columns = readers.map((_, index) => chunk.getColumnVector(index));
  const values: UdfValue[] = new Array(readers.length);
  for (let row = 0; row < chunk.rowCount; row++) {
    let hasNull = false;
    for (let index = 0; index < readers.length; index++) {
      const value = columns[index]!.getItem(row);
      hasNull ||= value === null;
      values[index] = value === null ? null : readers[index]!(value);
    }
    const result = hasNull && !udf.takesNull ? null : udf.call(...values);
    output.setItem(row, result === null ? null : write(result));
  }
  output.flush();
}

const scalarTypes: Readonly<Record<string, DuckDBType>> = { BIGINT, DOUBLE, BOOLEAN, VARCHAR, BLOB, DECIMAL: DECIMAL(38, 9), BIGNUM };

function duckTypeOf(type: UdfType): DuckDBType {
  return type.endsWith('[]') ? LIST(scalarTypes[type.slice(0, -2)]!) : scalarTypes[type]!;
}

const same = (value: unknown): never => value as never;

function createReader(type: UdfType): Reader {
  if (type.endsWith('[]')) {
    const read = createReader(type.slice(0, -2) as UdfType);
    return (value) => (value as DuckDBListValue).items.map((item) => (item === null ? null : read(item)));
  }
  if (type === 'DECIMAL') return (value) => (value as DuckDBDecimalValue).value;
  return type === 'BLOB' ? (value) => (value as DuckDBBlobValue).bytes : same;
}

function createWriter(type: UdfType): Writer {
  if (type.endsWith('[]')) {
    const write = createWriter(type.slice(0, -2) as UdfType);
    return (value) => listValue((value as readonly UdfValue[]).map((item) => (item === null ? null : write(item))));
  }
  if (type === 'DECIMAL') return (value) => new DuckDBDecimalValue(value as bigint, 38, 9);
  return type === 'BLOB' ? (value) => blobValue(value as Uint8Array) : same;
}
