// For tests: statements answered by a DuckDB of their own, cells as DuckDB's JSON. Never imported by the library.
import * as duck from '@duckdb/node-api';
import { analyze } from '../analyze/analyze.ts';
import type { AnalyzeOptions } from '../analyze/analyze-options.ts';
import type { Catalog, CatalogTable } from '../analyze/catalog.ts';
import type { ScalarUdf, UdfValue } from '../functions/scalar-udf.ts';
import { SCALAR_UDFS } from '../functions/scalar-udfs.ts';
import { parseScript } from '../parse-script.ts';
import type { DmlStatement, QueryStatement } from '../syntax/ast-statement.ts';
import { toDuckDB } from '../to-duckdb.ts';
import { type SqlType, scalar } from '../types/sql-type.ts';

const TYPES: Readonly<Record<string, duck.DuckDBType>> = {
  BIGINT: duck.BIGINT,
  DOUBLE: duck.DOUBLE,
  BOOLEAN: duck.BOOLEAN,
  VARCHAR: duck.VARCHAR,
  BLOB: duck.BLOB,
  DECIMAL: duck.DECIMAL(38, 9),
  BIGNUM: duck.BIGNUM,
};
const duckTypeOf = (name: string): duck.DuckDBType => (name.endsWith('[]') ? duck.LIST(TYPES[name.slice(0, -2)]!) : TYPES[name]!);

function fromDuck(value: unknown, type: string): unknown {
  if (value === null) return null;
  if (type.endsWith('[]')) return (value as duck.DuckDBListValue).items.map((item) => fromDuck(item, type.slice(0, -2)));
  if (type === 'BLOB') return (value as duck.DuckDBBlobValue).bytes;
  return type === 'DECIMAL' ? (value as duck.DuckDBDecimalValue).value : value;
}

function toDuck(value: UdfValue, type: string): duck.DuckDBValue {
  if (value === null || value === undefined) return null;
  if (type.endsWith('[]')) return duck.listValue((value as readonly UdfValue[]).map((item) => toDuck(item, type.slice(0, -2))));
  if (type === 'BLOB') return duck.blobValue(value as Uint8Array);
  return type === 'DECIMAL' ? new duck.DuckDBDecimalValue(value as bigint, 38, 9) : (value as duck.DuckDBValue);
}

function register(connection: duck.DuckDBConnection, udf: ScalarUdf): void {
  const mainFunction = (_info: unknown, chunk: duck.DuckDBDataChunk, output: duck.DuckDBVector): void => {
    for (let row = 0; row < chunk.rowCount; row++) {
      const args = udf.parameters.map((type, i) => fromDuck(chunk.getColumnVector(i).getItem(row), type));
      output.setItem(row, !udf.takesNull && args.includes(null) ? null : toDuck(udf.call(...args), udf.returns));
    }
    output.flush();
  };
  const shape = { name: udf.name, parameterTypes: udf.parameters.map(duckTypeOf), returnType: duckTypeOf(udf.returns), mainFunction };
  connection.registerScalarFunction(duck.DuckDBScalarFunction.create({ ...shape, specialHandling: udf.takesNull ?? false }));
}

export async function openTestDuck(): Promise<duck.DuckDBConnection> {
  const instance = await duck.DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone='UTC'");
  for (const udf of SCALAR_UDFS) register(connection, udf);
  return connection;
}

/** A catalogue of tables given as `name: 'column TYPE, …'`, stored in DuckDB under the same names. */
export function aCatalog(tables: Readonly<Record<string, string>> = {}): Catalog {
  const parse = (name: string, columns: string): CatalogTable => ({
    path: { projectId: 'p', datasetId: 'd', tableId: name },
    duckName: name,
    columns: columns.split(', ').map((column) => {
      const [columnName, type] = column.split(' ') as [string, SqlType['kind']];
      return { name: columnName, type: scalar(type as Parameters<typeof scalar>[0]) };
    }),
  });
  const known = new Map(Object.entries(tables).map(([name, columns]) => [name, parse(name, columns)]));
  return { findTable: (path) => known.get(path.at(-1)!), findRoutine: () => undefined };
}

export function analyzed(sql: string, options: Partial<AnalyzeOptions> = {}) {
  const [statement] = parseScript(sql).statements;
  return analyze(statement as QueryStatement | DmlStatement, { text: sql, catalog: aCatalog(), defaults: { datasetId: 'd' }, ...options });
}

/** The rows of a query, or of nothing for DML. */
export async function answer(connection: duck.DuckDBConnection, sql: string, options: Partial<AnalyzeOptions> = {}): Promise<unknown[][]> {
  const reader = await connection.runAndReadAll(toDuckDB(analyzed(sql, options)).sql);
  return reader.getRowsJson() as unknown[][];
}
