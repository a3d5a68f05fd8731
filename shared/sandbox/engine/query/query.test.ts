import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, QueryOutcome, QueryRequest } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await engine.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId: 'd' } });
});
afterAll(() => engine.close());

const run = (sql: string, more: Partial<QueryRequest> = {}): Promise<QueryOutcome> =>
  engine.query({ sql, projectId: 'p', defaultDataset: { datasetId: 'd' }, ...more });

async function rowsOf(outcome: QueryOutcome): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  if (!outcome.destinationTable) return rows;
  for await (const page of engine.readRows(outcome.destinationTable)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}
const ask = async (sql: string, more: Partial<QueryRequest> = {}): Promise<unknown[][]> => rowsOf(await run(sql, more));

describe('queries', () => {
  it('answers exact cells with BigQuery’s schema', async () => {
    const outcome = await run(
      'SELECT 9223372036854775807 AS i, NUMERIC "0.1" AS n, [1, 2] AS a, STRUCT(1 AS k) AS s, TIMESTAMP "2024-01-01 00:00:00.000001+00" AS t',
    );
    expect(outcome.schema!.fields.map(({ name, type, mode }) => `${name} ${type} ${mode}`)).toEqual([
      'i INTEGER NULLABLE',
      'n NUMERIC NULLABLE',
      'a INTEGER REPEATED',
      's RECORD NULLABLE',
      't TIMESTAMP NULLABLE',
    ]);
    expect(await rowsOf(outcome)).toEqual([
      ['9223372036854775807', '0.1', [{ v: '1' }, { v: '2' }], { f: [{ v: '1' }] }, '1704067200000001'],
    ]);
    expect(outcome).toMatchObject({ statementType: 'SELECT', totalRows: '1', totalBytesProcessed: '0', children: [] });
  });

  it('takes parameters of every shape', async () => {
    const parameters = [
      {
        name: 'a',
        parameterType: { type: 'ARRAY', arrayType: { type: 'INT64' } },
        parameterValue: { arrayValues: [{ value: '4' }, { value: '5' }] },
      },
      {
        name: 's',
        parameterType: { type: 'STRUCT', structTypes: [{ name: 'x', type: { type: 'STRING' } }] },
        parameterValue: { structValues: { x: { value: "it's" } } },
      },
      { name: 'n', parameterType: { type: 'INT64' }, parameterValue: { value: null } },
    ];
    expect(await ask('SELECT @a[OFFSET(1)], @s.x, @n IS NULL', { parameters })).toEqual([['5', "it's", 'true']]);
  });

  it('says what is not found, where', async () => {
    await expect(run('SELECT * FROM nowhere')).rejects.toMatchObject({
      reason: 'notFound',
      message: 'Not found: Table p:d.nowhere was not found in location US',
    });
    await expect(run('SELECT * FROM missing.t')).rejects.toMatchObject({
      reason: 'notFound',
      message: 'Not found: Dataset p:missing was not found in location US',
    });
    await expect(run('SELECT 1/0')).rejects.toMatchObject({
      reason: 'invalidQuery',
      message: expect.stringMatching(/^division by zero: 1 \/ 0/i),
      location: 'query',
    });
  });

  it('bills columns that are read, and refuses what costs too much', async () => {
    await run('CREATE TABLE bill AS SELECT x AS a, "abc" AS b FROM UNNEST([1, 2, 3]) AS x');
    expect((await run('SELECT a FROM bill')).totalBytesProcessed).toBe('24');
    expect((await run('SELECT COUNT(*) FROM bill')).totalBytesProcessed).toBe('0');
    expect(
      await engine.dryRun({ sql: 'SELECT b FROM bill WHERE a > 1', projectId: 'p', defaultDataset: { datasetId: 'd' } }),
    ).toMatchObject({
      statementType: 'SELECT',
      totalBytesProcessed: String(24 + 3 * 5),
      referencedTables: [{ projectId: 'p', datasetId: 'd', tableId: 'bill' }],
    });
    await expect(run('SELECT a FROM bill', { maximumBytesBilled: '1000' })).rejects.toMatchObject({
      reason: 'bytesBilledLimitExceeded',
      message: 'Query exceeded limit for bytes billed: 1000. 10485760 or higher required.',
    });
  });

  it('attributes a view to the tables beneath it', async () => {
    await run('CREATE TABLE base AS SELECT 1 AS a; CREATE OR REPLACE VIEW above AS SELECT a FROM base');
    const outcome = await run('SELECT * FROM above');
    expect(outcome.referencedTables.map(({ tableId }) => tableId)).toEqual(['base']);
    expect(await rowsOf(outcome)).toEqual([['1']]);
  });

  it('reads wildcard tables and partition pseudo columns', async () => {
    await run('CREATE TABLE day_1 AS SELECT "x" AS a; CREATE TABLE day_2 AS SELECT "y" AS a');
    expect(await ask('SELECT a, _TABLE_SUFFIX FROM `day_*` WHERE _TABLE_SUFFIX > "1"')).toEqual([['y', '2']]);
    await run('CREATE TABLE ingested (a INT64) PARTITION BY _PARTITIONDATE; INSERT ingested (a) VALUES (1)');
    expect(await ask('SELECT a, _PARTITIONDATE IS NOT NULL FROM ingested')).toEqual([['1', 'true']]);
    expect(await ask('SELECT * FROM ingested')).toEqual([['1']]);
  });

  it('writes to a destination table', async () => {
    const destination = { projectId: 'p', datasetId: 'd', tableId: 'written' };
    await run('SELECT 1 AS a', { destination });
    await expect(run('SELECT 2 AS a', { destination })).rejects.toMatchObject({ reason: 'duplicate' });
    await run('SELECT 2 AS a', { destination, writeDisposition: 'WRITE_APPEND' });
    expect(await ask('SELECT a FROM written ORDER BY a')).toEqual([['1'], ['2']]);
  });

  it('stops when it is told to, and others go on meanwhile', async () => {
    const controller = new AbortController();
    const heavy = run(
      'WITH n AS (SELECT x FROM UNNEST(GENERATE_ARRAY(1, 200000)) AS x) SELECT COUNT(*) FROM n AS a CROSS JOIN n AS b WHERE a.x * b.x > 3 AND a.x + b.x > 5',
      { signal: controller.signal },
    );
    const refused = expect(heavy).rejects.toMatchObject({ reason: 'stopped' });
    expect(await ask('SELECT 1')).toEqual([['1']]);
    controller.abort();
    await refused;
  });
});

describe('DML', () => {
  it('counts what it did', async () => {
    await run('CREATE TABLE dml (k INT64, v STRING DEFAULT "new")');
    expect(await run('INSERT dml (k) VALUES (1), (2), (3)')).toMatchObject({
      statementType: 'INSERT',
      dmlStats: { insertedRowCount: '3' },
    });
    expect(await run('UPDATE dml SET v = "old" WHERE k < 3')).toMatchObject({ dmlStats: { updatedRowCount: '2' } });
    expect(await run('DELETE FROM dml WHERE k = 3')).toMatchObject({ numDmlAffectedRows: '1', dmlStats: { deletedRowCount: '1' } });
    const merge =
      'MERGE dml USING (SELECT 1 AS k UNION ALL SELECT 9) s ON dml.k = s.k WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (k) VALUES (k)';
    expect((await run(merge)).dmlStats).toEqual({ insertedRowCount: '1', updatedRowCount: '0', deletedRowCount: '1' });
    expect(await ask('SELECT k, v FROM dml ORDER BY k')).toEqual([
      ['2', 'old'],
      ['9', 'new'],
    ]);
  });

  it('queues writers of one table', async () => {
    await run('CREATE TABLE queue AS SELECT 0 AS n');
    await Promise.all(Array.from({ length: 8 }, () => run('UPDATE queue SET n = n + 1 WHERE TRUE')));
    expect(await ask('SELECT n FROM queue')).toEqual([['8']]);
  });
});

describe('scripts', () => {
  it('runs variables, loops, conditions and procedures', async () => {
    const outcome = await run(`
      DECLARE total INT64 DEFAULT 0;
      DECLARE out INT64;
      CREATE OR REPLACE PROCEDURE twice(IN x INT64, OUT y INT64) BEGIN SET y = x * 2; END;
      FOR row IN (SELECT n FROM UNNEST([1, 2, 3]) AS n ORDER BY n) DO
        IF row.n = 2 THEN CONTINUE; END IF;
        SET total = total + row.n;
      END FOR;
      WHILE total < 10 DO SET total = total + 1; END WHILE;
      CALL twice(total, out);
      EXECUTE IMMEDIATE 'SELECT @a + @b' INTO total USING out AS a, 1 AS b;
      SELECT total, out`);
    expect(outcome.statementType).toBe('SCRIPT');
    expect(outcome.children.map(({ statementType }) => statementType)).toEqual(['CREATE_PROCEDURE', 'SELECT', 'SELECT', 'SELECT']);
    expect(await rowsOf(outcome)).toEqual([['21', '20']]);
  });

  it('handles exceptions, and says where one happened', async () => {
    expect(await ask('BEGIN RAISE USING MESSAGE = "oh"; EXCEPTION WHEN ERROR THEN SELECT @@error.message; END')).toEqual([
      ['Query error: oh at [1:7]'],
    ]);
    await expect(run('SELECT 1;\nSELECT ERROR("no")')).rejects.toMatchObject({
      reason: 'invalidQuery',
      message: 'Query error: no at [2:1]',
    });
  });

  it('takes a transaction back whole, but not what it answered', async () => {
    const outcome = await run(
      'CREATE TABLE tx AS SELECT 1 AS a; BEGIN TRANSACTION; INSERT tx VALUES (2); SELECT COUNT(*) FROM tx; ROLLBACK TRANSACTION; SELECT COUNT(*) FROM tx',
    );
    expect(await rowsOf(outcome.children[3]!)).toEqual([['2']]);
    expect(await rowsOf(outcome)).toEqual([['1']]);
  });

  it('keeps temporary tables and variables for a session, and for nobody else', async () => {
    const sessionId = await engine.createSession('p');
    await run('CREATE TEMP TABLE mine AS SELECT 5 AS a', { sessionId });
    await run('DECLARE v INT64 DEFAULT 2', { sessionId });
    expect(await ask('SELECT a * v FROM mine', { sessionId })).toEqual([['10']]);
    await expect(run('SELECT * FROM mine')).rejects.toMatchObject({ reason: 'notFound' });
    await engine.closeSession(sessionId);
    await expect(run('SELECT 1', { sessionId })).rejects.toMatchObject({ reason: 'invalid' });
  });
});

describe('DDL', () => {
  it('alters columns and keeps rows', async () => {
    await run('CREATE TABLE alt (a INT64 NOT NULL, b STRING); INSERT alt VALUES (1, "x")');
    await run(
      'ALTER TABLE alt ADD COLUMN c FLOAT64, RENAME COLUMN b TO bb, ALTER COLUMN a SET DATA TYPE NUMERIC, ALTER COLUMN a DROP NOT NULL',
    );
    expect(await ask('SELECT a, bb, c FROM alt')).toEqual([['1', 'x', null]]);
    expect(
      await ask(
        'SELECT column_name, data_type, is_nullable FROM d.INFORMATION_SCHEMA.COLUMNS WHERE table_name = "alt" ORDER BY ordinal_position',
      ),
    ).toEqual([
      ['a', 'NUMERIC', 'YES'],
      ['bb', 'STRING', 'YES'],
      ['c', 'FLOAT64', 'YES'],
    ]);
  });

  it('tells creation, replacement and skipping apart', async () => {
    expect((await run('CREATE TABLE ops (a INT64)')).ddlOperationPerformed).toBe('CREATE');
    expect((await run('CREATE TABLE IF NOT EXISTS ops (a INT64)')).ddlOperationPerformed).toBe('SKIP');
    expect((await run('CREATE OR REPLACE TABLE ops (b INT64)')).ddlOperationPerformed).toBe('REPLACE');
    await expect(run('CREATE TABLE ops (a INT64)')).rejects.toMatchObject({
      reason: 'duplicate',
      message: 'Already Exists: Table p:d.ops',
    });
    expect((await run('DROP TABLE ops')).ddlOperationPerformed).toBe('DROP');
  });
});

it('holds DML to the length of a parameterised type', async () => {
  await run('CREATE TABLE short (s STRING(3), b BYTES(2), n STRING)');
  await run('INSERT short VALUES ("äöü", b"ab", "longer"), (NULL, NULL, NULL)');
  await expect(run('INSERT short (s) VALUES ("abcd")')).rejects.toMatchObject({
    reason: 'invalidQuery',
    message: 'STRING(3) has maximum length 3 but got a value with length 4',
  });
  expect(await ask('SELECT COUNT(*) FROM short')).toEqual([['2']]);
});
