import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Duck, openDuck } from './open-duck.ts';

// What a client's text could do if it ever reached DuckDB as it is: nothing outside of its own tables.
let directory: string;
let duck: Duck;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-duck-'));
  await writeFile(join(directory, 'secret.csv'), 'secret\n');
  duck = await openDuck({ directory: join(directory, 'data'), threads: 2, memoryLimit: '200MB', spillLimit: '50MB' }, async () => {});
});
afterAll(async () => {
  await duck.close();
  expect(await readdir(join(directory, 'data'))).toEqual(['results.duckdb', 'sandbox.duckdb']);
  await rm(directory, { recursive: true });
});

const run = (sql: string) => duck.run(sql);

describe('files', () => {
  it.each([
    ["SELECT * FROM read_csv('/etc/passwd')"],
    ["SELECT * FROM read_text('/etc/passwd')"],
    ["SELECT * FROM read_blob('/etc/passwd')"],
    ["SELECT * FROM '/etc/passwd'"],
    ["SELECT * FROM read_json_auto('/proc/self/environ')"],
    ["SELECT * FROM parquet_metadata('/etc/passwd')"],
    ["SELECT * FROM sniff_csv('/etc/passwd')"],
    ["SELECT * FROM glob('/etc/*')"],
    ["SELECT * FROM read_text('STAGING/../../../secret.csv')"],
    ["COPY (SELECT 1) TO 'PATH/out.csv'"],
    ["COPY (SELECT 1) TO 'STAGING/../../out.csv'"],
    ["COPY (SELECT 1) TO '/dev/stdout'"],
    ["EXPORT DATABASE 'PATH/export'"],
    ["IMPORT DATABASE 'PATH/export'"],
    ["ATTACH 'PATH/other.duckdb' AS other"],
    ["ATTACH 'PATH/data/sandbox.duckdb' AS again (READ_ONLY)"],
    ["CREATE TABLE t AS FROM 'PATH/secret.csv'"],
    ["SELECT * FROM duckdb_secrets(); CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')"],
    ["PRAGMA enable_profiling = 'json'; PRAGMA profiling_output = 'PATH/out.json'; SELECT 1"],
    ["SELECT getenv('HOME')"],
  ])('%s', async (sql) => {
    await expect(run(sql.replaceAll('PATH', directory).replaceAll('STAGING', duck.stagingDirectory))).rejects.toThrow();
    expect((await readdir(directory)).toSorted()).toEqual(['data', 'secret.csv']);
  });

  it('but its own staging folder', async () => {
    const file = join(duck.stagingDirectory, 'one.csv');
    await run(`COPY (SELECT 1 AS x) TO '${file}'`);
    expect(await duck.use((connection) => connection.rows(`SELECT x FROM read_csv('${file}')`))).toEqual([[1n]]);
  });
});

describe('the network and extensions', () => {
  it.each([
    ["SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')"],
    ["SELECT * FROM read_parquet('s3://bucket/x.parquet')"],
    ['INSTALL httpfs'],
    ['LOAD httpfs'],
    ["LOAD 'PATH/evil.duckdb_extension'"],
    ['FORCE INSTALL spatial FROM community'],
    ["ATTACH 'http://127.0.0.1:9/x.duckdb' AS remote"],
    ["ATTACH 'ducklake:x' AS lake"],
    ['UPDATE EXTENSIONS'],
  ])('%s', (sql) => expect(run(sql.replaceAll('PATH', directory))).rejects.toThrow());
});

describe('settings', () => {
  it.each([
    ['SET enable_external_access = true'],
    ['SET GLOBAL enable_external_access = true'],
    ['PRAGMA enable_external_access = true'],
    ['SET lock_configuration = false'],
    ['RESET lock_configuration'],
    ["SET memory_limit = '100GB'"],
    ["PRAGMA memory_limit = '100GB'"],
    ['SET threads = 64'],
    ["SET temp_directory = '/tmp'"],
    ["SET allowed_directories = ['/']"],
    ["SET allowed_paths = ['/etc/passwd']"],
    ["SET extension_directory = '/tmp'"],
    ['SET allow_unsigned_extensions = true'],
    ["SET TimeZone = 'America/New_York'"],
    ["SET default_null_order = 'nulls_last'"],
    ["SET profiling_output = '/tmp/x'"],
    ["SET log_query_path = '/tmp/x'"],
  ])('%s', (sql) => expect(run(sql)).rejects.toThrow());
});

describe('memory', () => {
  it('is the limit; beyond it rows go to the folder of the data, and beyond that one fails', async () => {
    const sort = (rows: number) =>
      `CREATE OR REPLACE TEMP TABLE t AS SELECT hash(i) AS h, md5(i::VARCHAR) || md5((i + 1)::VARCHAR) || md5((i + 2)::VARCHAR) AS s FROM range(${rows}) AS _(i) ORDER BY h`;
    await expect(run(sort(4_000_000))).rejects.toThrow(/Out of Memory Error/);
    await run(sort(100_000));
  });
});
