import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Bundle } from '../bundle/bundle.ts';
import type { MemberFile } from '../bundle/member-writer.ts';
import { derivedPath, exchangeTables, fillTables } from './fill-tables.ts';
import { createTables, type TableName } from './tables.sql.ts';

/**
 * Writes the tables of the review, one Parquet file each: reading one is then DuckDB's own copy, without unnesting or parsing. Files go to
 * `folder`, which must exist. Memory is bounded: rows lie in a database file of that folder on their way.
 */
export async function writeDerived(bundle: Bundle, folder: string): Promise<MemberFile[]> {
  const instance = await DuckDBInstance.create(path.join(folder, 'derived.duckdb'), {
    memory_limit: '512MB',
    threads: '2',
    temp_directory: folder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    await connection.run(createTables);
    const { fault } = await fillTables(bundle, connection, 'derived', breathe);
    if (fault !== undefined) throw fault;
    const files: MemberFile[] = [];
    for (const table of exchangeTables) files.push(await copyOut(connection, table, path.join(folder, `${table}.parquet`)));
    return files;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function breathe(exchanges: number): Promise<boolean> {
  if (exchanges % 1024 === 0) await new Promise((resolve) => setImmediate(resolve));
  return true;
}

async function copyOut(connection: DuckDBConnection, table: TableName, file: string): Promise<MemberFile> {
  await connection.run(`COPY ${table} TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`);
  const digest = createHash('sha256');
  for await (const piece of createReadStream(file)) digest.update(piece);
  return { path: derivedPath(table), file, bytes: statSync(file).size, sha256: digest.digest('hex') };
}
