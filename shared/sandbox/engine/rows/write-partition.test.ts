import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, QueryRequest } from '../engine.ts';
import type { TableReference } from '../resource.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await run(`CREATE TABLE d.day (x INT64, dt DATE) PARTITION BY dt;
    INSERT INTO d.day VALUES (1, '2024-01-01'), (2, '2024-01-01'), (3, '2024-01-02'), (4, NULL);
    CREATE TABLE d.bucket (x INT64) PARTITION BY RANGE_BUCKET(x, GENERATE_ARRAY(0, 100, 10));
    INSERT INTO d.bucket VALUES (1), (15), (1000), (NULL); CREATE TABLE d.plain (x INT64)`);
});
afterAll(() => engine.close());

const table = (tableId: string) => ({ projectId: 'p', datasetId: 'd', tableId });
const run = (sql: string, more: Partial<QueryRequest> = {}) => engine.query({ sql, projectId: 'p', ...more });

async function rowsOf(reference: TableReference): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for await (const page of engine.readRows(reference)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}
const ask = async (sql: string) => rowsOf((await run(sql)).destinationTable!);

it.each([
  ['day$20240101', ['1', '2']],
  ['day$20240103', []],
  ['day$__NULL__', ['4']],
  ['bucket$0', ['1']],
  ['bucket$10', ['15']],
  ['bucket$__UNPARTITIONED__', ['1000']],
  ['bucket$__NULL__', [null]],
])('%s is that partition', async (tableId, wanted) => {
  expect((await rowsOf(table(tableId))).map(([x]) => x)).toEqual(wanted);
  expect((await engine.catalog.describeTable(table(tableId))).numRows).toBe(String(wanted.length));
});

it.each([
  ['day$2024', 'Invalid partition ID 2024 for table p:d.day'],
  ['day$20240231', 'Invalid partition ID 20240231 for table p:d.day'],
  ['plain$20240101', 'Cannot read partition information from a table that is not partitioned: p:d.plain$20240101'],
  ['nothing$20240101', 'Not found: Table p:d.nothing$20240101'],
])('%s is none', async (tableId, message) => {
  await expect(rowsOf(table(tableId))).rejects.toThrow(message);
});

it('decorators are no names of GoogleSQL', async () => {
  await expect(run('SELECT * FROM `d.day$20240101`')).rejects.toThrow('Table "d.day$20240101" cannot include decorator');
});

it('one partition is replaced, and only by rows that belong there', async () => {
  await run('CREATE TABLE d.one CLONE d.day');
  const destination = table('one$20240101');
  await run("SELECT 7 AS x, DATE '2024-01-01' AS dt", { destination, writeDisposition: 'WRITE_TRUNCATE' });
  expect(await ask('SELECT x FROM d.one ORDER BY x')).toEqual([['3'], ['4'], ['7']]);
  await expect(run("SELECT 8 AS x, DATE '2024-01-02' AS dt", { destination, writeDisposition: 'WRITE_TRUNCATE' })).rejects.toThrow(
    'Some rows belong to different partitions rather than destination partition 20240101',
  );
  await expect(run("SELECT 8 AS x, DATE '2024-01-01' AS dt", { destination })).rejects.toMatchObject({ reason: 'duplicate' });
  await run("SELECT 9 AS x, DATE '2024-01-01' AS dt", { destination, writeDisposition: 'WRITE_APPEND' });
  expect(await ask("SELECT x FROM d.one WHERE dt = '2024-01-01' ORDER BY x")).toEqual([['7'], ['9']]);
  await engine.catalog.deleteTable(destination);
  expect(await ask('SELECT COUNT(*) FROM d.one')).toEqual([['2']]);
});

it('a load into a partition makes the table, by ingestion time', async () => {
  const load = (tableId: string) =>
    engine.load({
      destination: table(tableId),
      sources: [{ stream: Readable.from(['1\n']) }],
      schema: { fields: [{ name: 'x', type: 'INTEGER' }] },
    });
  await load('loaded$20240105');
  await engine.insertRows(table('loaded$20240106'), [{ json: { x: 2 } }]);
  expect(engine.catalog.getTable(table('loaded')).timePartitioning).toEqual({ type: 'DAY' });
  expect(await ask('SELECT x, _PARTITIONDATE AS d FROM d.loaded ORDER BY x')).toEqual([
    ['1', '2024-01-05'],
    ['2', '2024-01-06'],
  ]);
  await load('hourly$2024010507');
  expect(engine.catalog.getTable(table('hourly')).timePartitioning).toEqual({ type: 'HOUR' });
  await expect(load('plain$20240101')).rejects.toThrow(
    'Incompatible table partitioning specification. Expects partitioning specification none, but input partitioning specification is interval(type:day)',
  );
  // Copies leave out what is still in the streaming buffer, which a later load settles here.
  await load('loaded$20240107');
  await engine.copy({ sources: [table('loaded')], destination: table('carried') });
  await run('CREATE TABLE d.cloned CLONE d.loaded');
  for (const name of ['carried', 'cloned'])
    expect(await ask(`SELECT DISTINCT _PARTITIONDATE AS d FROM d.${name} ORDER BY d`)).toEqual([
      ['2024-01-05'],
      ['2024-01-06'],
      ['2024-01-07'],
    ]);
});
