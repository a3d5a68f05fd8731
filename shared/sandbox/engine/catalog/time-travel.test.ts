import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, QueryRequest } from '../engine.ts';
import type { TableReference } from '../resource.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const table = (tableId: string) => ({ projectId: 'p', datasetId: 'd', tableId });

async function rowsOf(reference: TableReference, from = engine): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for await (const page of from.readRows(reference)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}

const run = (sql: string, more: Partial<QueryRequest> = {}) => engine.query({ sql, projectId: 'p', ...more });
const ask = async (sql: string): Promise<unknown[][]> => rowsOf((await run(sql)).destinationTable!);

/** A time of its own, for decorators, which count milliseconds. */
async function moment(): Promise<number> {
  await pause(3);
  const now = Date.now();
  await pause(3);
  return now;
}

describe('FOR SYSTEM_TIME AS OF', () => {
  it('tells every state of a table apart, whatever changed it', async () => {
    const at = (time: string) => `(SELECT STRING_AGG(CAST(a AS STRING), ' ' ORDER BY a) FROM d.t FOR SYSTEM_TIME AS OF ${time})`;
    const [row] = await ask(`
      CREATE TABLE d.t AS SELECT 1 AS a;
      BEGIN
        DECLARE made, inserted, updated, deleted, merged, truncated TIMESTAMP;
        SET made = CURRENT_TIMESTAMP();
        INSERT INTO d.t VALUES (2);
        SET inserted = CURRENT_TIMESTAMP();
        UPDATE d.t SET a = a + 10 WHERE TRUE;
        SET updated = CURRENT_TIMESTAMP();
        DELETE FROM d.t WHERE a = 11;
        SET deleted = CURRENT_TIMESTAMP();
        MERGE d.t USING (SELECT 12 AS a UNION ALL SELECT 13) AS s ON t.a = s.a
          WHEN MATCHED THEN UPDATE SET a = 20 WHEN NOT MATCHED THEN INSERT VALUES (s.a);
        SET merged = CURRENT_TIMESTAMP();
        TRUNCATE TABLE d.t;
        SET truncated = CURRENT_TIMESTAMP();
        CREATE OR REPLACE TABLE d.t AS SELECT 'x' AS b;
        SELECT ${['made', 'inserted', 'updated', 'deleted', 'merged', 'truncated'].map(at).join(', ')},
          (SELECT b FROM d.t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP());
      END`);
    expect(row).toEqual(['1', '1 2', '11 12', '12', '13 20', null, 'x']);
  });

  it('knows of a transaction what was committed, when it was', async () => {
    const at = (time: string) => `(SELECT COUNT(*) FROM d.tx FOR SYSTEM_TIME AS OF ${time})`;
    expect(
      await ask(`CREATE TABLE d.tx AS SELECT 1 AS a;
        BEGIN
          DECLARE before, inside TIMESTAMP;
          SET before = CURRENT_TIMESTAMP();
          BEGIN TRANSACTION;
          INSERT INTO d.tx SELECT * FROM UNNEST([2, 3]);
          DELETE FROM d.tx WHERE a = 1;
          DELETE FROM d.tx WHERE a = 2;
          INSERT INTO d.tx SELECT * FROM UNNEST([4, 5, 6]);
          SET inside = CURRENT_TIMESTAMP();
          COMMIT TRANSACTION;
          SELECT ${at('before')}, ${at('inside')}, (SELECT COUNT(*) FROM d.tx);
        END`),
    ).toEqual([['1', '1', '4']]);
  });

  it('takes parameters; refuses times that are not kept, views, and what is no time', async () => {
    await run('CREATE TABLE d.p AS SELECT 1 AS a');
    await pause(3);
    const parameters = [{ name: 't', parameterType: { type: 'TIMESTAMP' }, parameterValue: { value: new Date().toISOString() } }];
    await pause(2);
    expect((await run('SELECT * FROM d.p FOR SYSTEM_TIME AS OF @t', { parameters })).totalRows).toBe('1');
    await expect(run('SELECT * FROM d.p FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)')).rejects.toThrow(
      /^Invalid snapshot time \d+ for table p:d\.p@\d+\. Cannot read before \d+\.$/,
    );
    await expect(run('SELECT * FROM d.p FOR SYSTEM_TIME AS OF TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)')).rejects.toThrow(
      'future',
    );
    await expect(run('SELECT * FROM d.p FOR SYSTEM_TIME AS OF NULL')).rejects.toThrow('cannot be NULL');
    await expect(run('SELECT * FROM d.p FOR SYSTEM_TIME AS OF 1')).rejects.toMatchObject({ reason: 'invalidQuery' });
    await run('CREATE VIEW d.v AS SELECT * FROM d.p');
    await expect(run('SELECT * FROM d.v FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()')).rejects.toThrow('on a view');
  });

  it('keeps streamed and loaded rows apart', async () => {
    await run('CREATE TABLE d.s (a INT64)');
    await engine.insertRows(table('s'), [{ json: { a: 1 } }]);
    const first = await moment();
    await engine.insertRows(table('s'), [{ json: { a: 2 } }]);
    expect(await rowsOf(table(`s@${first}`))).toEqual([['1']]);
    expect(await engine.catalog.describeTable(table(`s@${first}`))).toMatchObject({ numRows: '1', numBytes: '8' });
    expect(await rowsOf(table('s@-1'))).toHaveLength(2);
  });

  it('gives up old states rather than grow without bounds', async () => {
    const small = await createEngine({ historyBytes: 20_000 });
    const ask = (sql: string) => small.query({ sql, projectId: 'p' });
    await ask('CREATE TABLE d.t AS SELECT n FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n');
    const before = await moment();
    for (let round = 0; round < 5; round++) await ask('UPDATE d.t SET n = n + 1 WHERE TRUE');
    expect(() => small.catalog.getTable(table(`t@${before}`))).toThrow('Cannot read before');
    const after = await moment();
    await ask('DELETE FROM d.t WHERE TRUE');
    expect(await rowsOf(table(`t@${after}`), small)).toHaveLength(1000);
    await small.close();
  });
});

describe('what was dropped', () => {
  it('a table is copied back from a time when it was there', async () => {
    await run('CREATE TABLE d.gone AS SELECT 1 AS a');
    const then = await moment();
    await run('DROP TABLE d.gone');
    await expect(rowsOf(table('gone'))).rejects.toMatchObject({ reason: 'notFound' });
    expect(await engine.copy({ sources: [table(`gone@${then}`)], destination: table('gone') })).toMatchObject({ copiedRows: '1' });
    expect(await rowsOf(table('gone'))).toEqual([['1']]);
  });

  it('a dataset comes back whole', async () => {
    await run(`CREATE SCHEMA e OPTIONS (description = 'mine'); CREATE TABLE e.t AS SELECT 1 AS a; CREATE VIEW e.v AS SELECT a + 1 AS b FROM e.t;
      CREATE FUNCTION e.f(x INT64) AS (x * 2); DROP SCHEMA e CASCADE`);
    await expect(run('SELECT * FROM e.t')).rejects.toMatchObject({ reason: 'notFound' });
    expect(await run('UNDROP SCHEMA e')).toMatchObject({ statementType: 'UNDROP_SCHEMA', ddlTargetDataset: { datasetId: 'e' } });
    expect(await ask('SELECT e.f(b) FROM e.v')).toEqual([['4']]);
    expect(engine.catalog.getDataset({ projectId: 'p', datasetId: 'e' }).description).toBe('mine');
    await expect(run('UNDROP SCHEMA e')).rejects.toMatchObject({ reason: 'duplicate' });
    await expect(run('UNDROP SCHEMA never')).rejects.toMatchObject({ reason: 'notFound' });
  });

  it('leaves nothing behind on disk when the sandbox starts again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'history-test-'));
    const first = await createEngine({ directory });
    await first.query({ sql: 'CREATE TABLE d.t AS SELECT 1 AS a; CREATE OR REPLACE TABLE d.t AS SELECT 2 AS a', projectId: 'p' });
    await first.close();
    const second = await createEngine({ directory });
    expect(await rowsOf(table('t'), second)).toEqual([['2']]);
    const tables = await second.query({ sql: 'SELECT COUNT(*) FROM d.INFORMATION_SCHEMA.TABLES', projectId: 'p' });
    expect(await rowsOf(tables.destinationTable!, second)).toEqual([['1']]);
    expect(() => second.catalog.getTable(table(`t@${Date.now() - 60_000}`))).toThrow('Invalid snapshot time');
    await second.close();
    await rm(directory, { recursive: true });
  });
});

describe('snapshots and clones', () => {
  it('are of now or of a time; a snapshot takes no rows and can be restored', async () => {
    await run('CREATE TABLE d.base AS SELECT 1 AS a');
    await pause(2);
    await run(`DECLARE earlier TIMESTAMP DEFAULT CURRENT_TIMESTAMP(); INSERT INTO d.base VALUES (2);
      CREATE SNAPSHOT TABLE d.snap CLONE d.base FOR SYSTEM_TIME AS OF earlier; CREATE TABLE d.clone CLONE d.base;
      CREATE TABLE d.copied COPY d.base`);
    expect(await ask('SELECT (SELECT COUNT(*) FROM d.snap), (SELECT COUNT(*) FROM d.clone), (SELECT COUNT(*) FROM d.copied)')).toEqual([
      ['1', '2', '2'],
    ]);
    expect(engine.catalog.getTable(table('snap'))).toMatchObject({
      type: 'SNAPSHOT',
      snapshotDefinition: { baseTableReference: table('base') },
    });
    await expect(run('DELETE FROM d.snap WHERE TRUE')).rejects.toThrow('currently a SNAPSHOT');
    await expect(engine.insertRows(table('snap'), [{ json: { a: 1 } }])).rejects.toThrow('SNAPSHOT');
    await engine.copy({
      sources: [table('snap')],
      destination: table('base'),
      operationType: 'RESTORE',
      writeDisposition: 'WRITE_TRUNCATE',
    });
    expect(await rowsOf(table('base'))).toEqual([['1']]);
  });
});
