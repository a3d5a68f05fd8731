import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { MemberFile } from '../bundle/member-writer.ts';
import { runWithMemory } from './memory-trouble.ts';
import { quoteText } from './quote.ts';

const maxGroupRows = 122_880;
/** Text of one row group: DuckDB holds it in memory. */
const groupText = 16_777_216;

/** A table as the member `member` of a bundle. `steps`: what memory it may take, as little of it as it needs. `size`: characters of its texts, where they are known; else the first rows tell about. */
export async function writeParquet(
  connection: DuckDBConnection,
  table: string,
  file: string,
  member: string,
  steps: readonly string[],
  size?: number,
): Promise<MemberFile> {
  const rows = Number((await connection.runAndReadAll(`SELECT count(*) FROM ${table}`)).getRows()[0]![0]);
  const rowText = size === undefined ? await rowTextOf(connection, table) : size / Math.max(1, rows);
  const groupRows = Math.min(maxGroupRows, Math.max(2_048, Math.floor(groupText / Math.max(1, rowText))));
  await runWithMemory(
    connection,
    `COPY ${table} TO ${quoteText(file)} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE ${groupRows})`,
    steps,
  );
  const digest = createHash('sha256');
  for await (const piece of createReadStream(file)) digest.update(piece);
  return { path: member, file, bytes: statSync(file).size, sha256: digest.digest('hex') };
}

async function rowTextOf(connection: DuckDBConnection, table: string): Promise<number> {
  const first = await connection.runAndReadAll(`SELECT avg(length(one::VARCHAR)) FROM (FROM ${table} LIMIT 256) one`);
  return Number(first.getRows()[0]![0] ?? 0);
}
