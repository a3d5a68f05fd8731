import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../create-sandbox.ts';
import type { QueryRequest } from '../engine.ts';

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-data-test-'));
  await mkdir(join(folder, 'objects/in/2024'), { recursive: true });
  await writeFile(join(folder, 'objects/in/2024/1.csv'), 'a,b\n1,x\n2,y\n');
  await writeFile(join(folder, 'objects/in/2024/2.csv'), 'a,b\n3,z\n');
  sandbox = await createSandbox({ directory: folder });
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const run = (sql: string, more: Partial<QueryRequest> = {}) => sandbox.engine.query({ sql, projectId: 'p', ...more });

async function ask(sql: string, more: Partial<QueryRequest> = {}): Promise<unknown[][]> {
  const { destinationTable } = await run(sql, more);
  const rows: unknown[][] = [];
  for await (const page of sandbox.engine.readRows(destinationTable!)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}

describe('LOAD DATA', () => {
  it('reads every file an address matches, schema and header detected', async () => {
    const { statementType, loadQueryStatistics } = await run(
      "LOAD DATA OVERWRITE d.t FROM FILES (format = 'CSV', uris = ['gs://in/2024/*.csv'])",
    );
    expect({ statementType, loadQueryStatistics }).toEqual({
      statementType: 'LOAD_DATA',
      loadQueryStatistics: { outputRows: '3', outputBytes: '33', inputFiles: '2', inputFileBytes: '20', badRecords: '0' },
    });
    expect(await ask('SELECT * FROM d.t')).toEqual([
      ['1', 'x'],
      ['2', 'y'],
      ['3', 'z'],
    ]);
    await run("LOAD DATA INTO d.t FROM FILES (format = 'CSV', uris = ['file:///in/2024/2.csv'], skip_leading_rows = 1)");
    expect(await ask('SELECT COUNT(*) FROM d.t')).toEqual([['4']]);
  });

  it('makes the table its columns, partitions and options say', async () => {
    await run(`LOAD DATA INTO d.made (a INT64 NOT NULL, b STRING(1)) PARTITION BY RANGE_BUCKET(a, GENERATE_ARRAY(0, 10, 1)) CLUSTER BY b
      OPTIONS (description = 'made') FROM FILES (format = 'CSV', uris = ['gs://in/2024/*'], skip_leading_rows = 1)`);
    expect(sandbox.engine.catalog.getTable({ projectId: 'p', datasetId: 'd', tableId: 'made' })).toMatchObject({
      description: 'made',
      clustering: { fields: ['b'] },
      rangePartitioning: { field: 'a' },
      schema: {
        fields: [
          { name: 'a', mode: 'REQUIRED' },
          { name: 'b', maxLength: '1' },
        ],
      },
    });
  });

  it.each([
    ["format = 'ORC', uris = ['gs://in/2024/*']", 'The format ORC is not supported by the sandbox'],
    ["format = 'CSV', uris = ['gs://nowhere/*']", 'Not found: URI gs://nowhere/*'],
    ["format = 'CSV', uris = ['file:///../../etc/passwd']", 'Invalid object name'],
    ["format = 'CSV', uris = ['gs://in/../../secret']", 'Not found: URI gs://in/../../secret'],
    ["format = 'CSV', uris = ['/etc/passwd']", 'Source URI must be a Google Cloud Storage location'],
    ["format = 'CSV'", 'Missing required option: uris'],
    [
      "format = 'CSV', uris = ['gs://in/2024/*'], hive_partition_uri_prefix = 'gs://in'",
      'The option hive_partition_uri_prefix is not supported',
    ],
  ])('refuses %s', async (files, message) => {
    await expect(run(`LOAD DATA INTO d.refused FROM FILES (${files})`)).rejects.toThrow(message);
  });
});

describe('EXPORT DATA', () => {
  const rows = "SELECT 1 AS a, 'ü' AS b, DATE '2024-01-01' AS dt UNION ALL SELECT 2, NULL, NULL ORDER BY a";

  it.each(['CSV', 'JSON', 'PARQUET', 'AVRO'])('writes %s, which an external table reads', async (format) => {
    const header = format === 'CSV' ? ', header = true' : '';
    const { exportDataStatistics } = await run(
      `EXPORT DATA OPTIONS (uri = 'gs://out/${format}/*', format = '${format}'${header}) AS ${rows}`,
    );
    expect(exportDataStatistics).toEqual({ fileCount: '1', rowCount: '2' });
    await run(`CREATE EXTERNAL TABLE d.${format} OPTIONS (format = '${format}', uris = ['gs://out/${format}/*'])`);
    expect(await ask(`SELECT * FROM d.${format} ORDER BY a`)).toEqual([
      ['1', 'ü', '2024-01-01'],
      ['2', null, null],
    ]);
  });

  it('takes a delimiter, a header, a compression; and does not write over what is there', async () => {
    const options = "uri = 'gs://packed/*.csv', format = 'CSV', header = true, field_delimiter = ';', compression = 'GZIP'";
    await run(`EXPORT DATA OPTIONS (${options}) AS ${rows}`);
    expect(gunzipSync(await readFile(join(folder, 'objects/packed/000000000000.csv'))).toString()).toBe('a;b;dt\n1;ü;2024-01-01\n2;;\n');
    await expect(run(`EXPORT DATA OPTIONS (${options}) AS ${rows}`)).rejects.toThrow('The destination gs://packed/*.csv is not empty');
    await run(`EXPORT DATA OPTIONS (${options}, overwrite = true) AS ${rows}`);
    await expect(run(`EXPORT DATA OPTIONS (uri = 'gs://packed/one.csv', format = 'CSV') AS ${rows}`)).rejects.toThrow('wildcard');
  });
});

describe('external tables', () => {
  it('have the rows of their files as they are now, behind views and in scripts too', async () => {
    await mkdir(join(folder, 'objects/live'), { recursive: true });
    await writeFile(join(folder, 'objects/live/a.ndjson'), '{"n": 1}\n');
    await run("CREATE EXTERNAL TABLE d.live (n INT64) OPTIONS (format = 'JSON', uris = ['gs://live/*.ndjson'])");
    await run('CREATE VIEW d.total AS SELECT SUM(n) AS n FROM d.live');
    expect(await ask('SELECT n FROM d.total')).toEqual([['1']]);
    await writeFile(join(folder, 'objects/live/b.ndjson'), '{"n": 41}\n');
    expect(await ask("IF (SELECT n FROM d.total) = 42 THEN SELECT 'both'; END IF")).toEqual([['both']]);
    expect(sandbox.engine.catalog.getTable({ projectId: 'p', datasetId: 'd', tableId: 'live' })).toMatchObject({
      type: 'EXTERNAL',
      externalDataConfiguration: { sourceFormat: 'JSON', sourceUris: ['gs://live/*.ndjson'] },
    });
    await expect(run('INSERT INTO d.live VALUES (1)')).rejects.toMatchObject({ reason: 'invalidQuery' });
    await run('DROP EXTERNAL TABLE d.live');
  });

  it('may belong to one request', async () => {
    const tableDefinitions = { mine: { sourceUris: ['gs://in/2024/1.csv'], sourceFormat: 'CSV', autodetect: true } };
    expect(await ask('SELECT SUM(a) FROM mine', { tableDefinitions })).toEqual([['3']]);
    await expect(run('SELECT * FROM mine')).rejects.toThrow('must be qualified with a dataset');
  });
});
