// The real clients, unchanged, against the sandbox over a socket.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client9 from '@google-cloud/bigquery';
import * as client8 from '@google-cloud/bigquery-8';
import { OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../create-sandbox.ts';

let sandbox: Sandbox;
let url: string;
let directory: string;

beforeAll(async () => {
  sandbox = await createSandbox();
  url = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  process.env['BIGQUERY_EMULATOR_HOST'] = url;
  directory = await mkdtemp(join(tmpdir(), 'steno-clients-'));
});
afterAll(async () => {
  delete process.env['BIGQUERY_EMULATOR_HOST'];
  await sandbox.close();
  await rm(directory, { recursive: true });
});

// Both majors have the same calls; the test is typed by the newer.
const clients = [
  ['9', client9.BigQuery],
  ['8', client8.BigQuery as unknown as typeof client9.BigQuery],
] as const;

describe.each(clients)('@google-cloud/bigquery %s', (major, BigQuery) => {
  const projectId = `project-${major}`;
  let bigquery: client9.BigQuery;
  let dataset: client9.Dataset;

  beforeAll(async () => {
    bigquery = new BigQuery({ projectId });
    [dataset] = await bigquery.createDataset('shop', { labels: { kind: 'test' } });
    await bigquery.query(
      `CREATE TABLE shop.numbers AS SELECT n, CONCAT('row ', CAST(n AS STRING)) AS name FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS n`,
    );
  });

  test('datasets and tables are listed, read, changed and deleted', async () => {
    const [datasets] = await bigquery.getDatasets();
    expect(datasets.map(({ id }) => id)).toEqual(['shop']);
    const [table] = await dataset.createTable('short_lived', { schema: 'id:integer,name:string' });
    await table.setMetadata({ description: 'a table' });
    expect((await table.getMetadata())[0]).toMatchObject({ description: 'a table', numRows: '0', type: 'TABLE' });
    expect((await dataset.getTables())[0].map(({ id }) => id)).toEqual(['numbers', 'short_lived']);
    await table.delete();
    expect(await table.exists()).toEqual([false]);
  });

  test('query() brings a hundred thousand rows in pages, all of them in order', async () => {
    const [rows] = await bigquery.query({ query: 'SELECT n FROM shop.numbers ORDER BY n', maxResults: 30_000 });
    expect(rows).toHaveLength(100_000);
    expect(rows.every(({ n }, index) => n === index + 1)).toBe(true);
  });

  test('createQueryStream gives the same rows, and may be left early', async () => {
    let sum = 0;
    for await (const { n } of bigquery.createQueryStream('SELECT n FROM shop.numbers WHERE n <= 1000')) sum += n;
    expect(sum).toBe(500_500);
    for await (const { n } of bigquery.createQueryStream('SELECT n FROM shop.numbers')) if (n > 10) break;
  });

  test('a job of its own: states, results, metadata, the list of jobs', async () => {
    const [job] = await bigquery.createQueryJob({ query: 'SELECT COUNT(*) AS c FROM shop.numbers', labels: { purpose: 'count' } });
    expect((await job.getQueryResults())[0]).toEqual([{ c: 100_000 }]);
    const [metadata] = await job.getMetadata();
    expect(metadata).toMatchObject({
      status: { state: 'DONE' },
      configuration: { jobType: 'QUERY', labels: { purpose: 'count' }, query: { destinationTable: { tableId: expect.any(String) } } },
      statistics: { query: { statementType: 'SELECT', cacheHit: false, referencedTables: [{ datasetId: 'shop', tableId: 'numbers' }] } },
    });
    expect((await bigquery.getJobs())[0].map(({ id }) => id)).toContain(job.id);
  });

  test('an anonymous result table can be read as a table', async () => {
    const [job] = await bigquery.createQueryJob('SELECT 7 AS seven');
    await job.getQueryResults();
    const { datasetId, tableId } = (await job.getMetadata())[0].configuration.query.destinationTable;
    expect((await bigquery.dataset(datasetId).table(tableId).getRows())[0]).toEqual([{ seven: 7 }]);
  });

  test('parameters of every type come back as they went in', async () => {
    const params = {
      text: "o'hara \n ☃",
      whole: 42,
      large: BigQuery.int('9223372036854775807'),
      real: 0.1,
      yes: true,
      day: BigQuery.date('2024-02-29'),
      time: BigQuery.time('12:34:56.000789'),
      moment: BigQuery.datetime('2024-02-29T12:34:56.000001'),
      instant: BigQuery.timestamp('2024-02-29T12:34:56.000001Z'),
      list: [1, 2, 3],
      record: { a: 1, b: 'two' },
    };
    const columns = Object.keys(params).map((name) => `@${name} AS ${name}`);
    const [[row]] = (await bigquery.query({
      query: `SELECT ${columns.join(', ')}`,
      params,
      wrapIntegers: true,
    } as client9.Query)) as unknown as [[object]];
    expect(JSON.parse(JSON.stringify(row))).toEqual(
      JSON.parse(
        JSON.stringify({
          ...params,
          whole: BigQuery.int(42),
          list: params.list.map((each) => BigQuery.int(each)),
          record: { a: BigQuery.int(1), b: 'two' },
        }),
      ),
    );
  });

  test('positional, null and empty parameters', async () => {
    const statement = {
      query: 'SELECT ? AS a, ? AS b, ARRAY_LENGTH(?) AS c, ? AS d',
      params: ['x', null, [], 'AP8='],
      types: ['STRING', 'INT64', ['STRING'], 'BYTES'],
    } as client9.Query;
    const [rows] = await bigquery.query(statement);
    expect(rows).toEqual([{ a: 'x', b: null, c: 0, d: Buffer.from([0, 255]) }]);
  });

  test('insert, and the errors of rows that do not fit', async () => {
    const [table] = await dataset.createTable('inserted', { schema: 'id:integer,name:string' });
    await table.insert([
      { id: 1, name: 'one' },
      { id: 2, name: 'two' },
    ]);
    expect((await table.getRows())[0]).toEqual([
      { id: 1, name: 'one' },
      { id: 2, name: 'two' },
    ]);
    const refusal = await table.insert({ id: 'no number' }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'PartialFailureError', errors: [{ errors: [{ reason: 'invalid' }], row: { id: 'no number' } }] });
  });

  test('a dry run says what the statement would be and do', async () => {
    const [, { statistics }] = await bigquery.createQueryJob({ query: 'SELECT name FROM shop.numbers', dryRun: true });
    expect(statistics?.query).toMatchObject({
      statementType: 'SELECT',
      totalBytesProcessedAccuracy: expect.stringMatching(/PRECISE|UPPER_BOUND/),
      referencedTables: [{ projectId, datasetId: 'shop', tableId: 'numbers' }],
      schema: { fields: [{ name: 'name', type: 'STRING' }] },
    });
  });

  test.each([
    ['SELEC 1', 400, 'invalidQuery', /^Syntax error: .* at \[1:1\]$/],
    ['SELECT nothing FROM shop.numbers', 400, 'invalidQuery', /^Unrecognized name: nothing at \[1:8\]$/],
    ['SELECT * FROM shop.absent', 404, 'notFound', /^Not found: Table project-\d:shop\.absent was not found in location US$/],
    ['SELECT 1 / 0', 400, 'invalidQuery', /division by zero/],
    ['CREATE TABLE shop.numbers (n INT64)', 409, 'duplicate', /^Already Exists: Table project-\d:shop\.numbers$/],
  ])('%s fails with %d %s', async (query, code, reason, message) => {
    const error = await bigquery.query(query).catch((each: unknown) => each);
    expect(error).toMatchObject({ code, errors: [{ reason, message: expect.stringMatching(message) }] });
  });

  test('a running job is cancelled', async () => {
    const endless =
      'SELECT COUNT(*) FROM shop.numbers a CROSS JOIN shop.numbers b CROSS JOIN shop.numbers c WHERE MOD(a.n * b.n + c.n, 7) = 3';
    const [job] = await bigquery.createQueryJob(endless);
    expect((await job.getMetadata())[0].status.state).toBe('RUNNING');
    await job.cancel();
    const error = await job.getQueryResults().catch((each: unknown) => each);
    expect(error).toMatchObject({ errors: [{ reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation' }] });
    expect((await bigquery.query('SELECT 1 AS still_here'))[0]).toEqual([{ still_here: 1 }]);
  });

  test('a job id is taken once', async () => {
    const jobId = `mine-${major}`;
    await bigquery.createQueryJob({ query: 'SELECT 1', jobId });
    const error = await bigquery.createQueryJob({ query: 'SELECT 1', jobId }).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: 409, message: `Already Exists: Job ${projectId}:US.${jobId}` });
  });

  test('DML says how many rows it changed; a script has its statements as children', async () => {
    const [job] = await bigquery.createQueryJob(`
      CREATE TEMP TABLE t AS SELECT 1 AS x UNION ALL SELECT 2;
      UPDATE t SET x = x + 1 WHERE TRUE;
      SELECT SUM(x) AS total FROM t;`);
    expect((await job.getQueryResults())[0]).toEqual([{ total: 5 }]);
    const [children] = await bigquery.getJobs({ parentJobId: job.id! } as object);
    const facts = children.map(({ metadata }) => [metadata.statistics.query.statementType, metadata.statistics.query.numDmlAffectedRows]);
    expect(facts.toSorted()).toEqual([
      ['CREATE_TABLE_AS_SELECT', undefined],
      ['SELECT', undefined],
      ['UPDATE', '2'],
    ]);
  });

  test('the statements of a script that fails are there to look at', async () => {
    const [job] = await bigquery.createQueryJob("SELECT 1 AS one; SELECT ERROR('boom'); SELECT 2;").catch(() => []);
    const id = job?.id ?? (await bigquery.getJobs({ maxResults: 1, autoPaginate: false }))[0][0]!.id!;
    const [children] = await bigquery.getJobs({ parentJobId: id } as object);
    const facts = children.map(({ metadata }) => [
      metadata.status.errorResult?.reason,
      metadata.statistics.scriptStatistics.stackFrames[0].startColumn,
    ]);
    expect(facts.toReversed()).toEqual([
      [undefined, 1],
      ['invalidQuery', 18],
    ]);
  });

  test('files are loaded: CSV and newline-delimited JSON', async () => {
    // In emulator mode the client fails on uploads by itself (it sets a header on none); with a credential it does not.
    const authClient = new OAuth2Client();
    authClient.setCredentials({ access_token: 'any', expiry_date: Date.now() + 3_600_000 });
    const signedIn = new BigQuery({
      projectId,
      apiEndpoint: url,
      authClient: authClient as never,
      useAuthWithCustomEndpoint: true,
    } as object);
    const csvPath = join(directory, `${major}.csv`);
    await writeFile(csvPath, `id,name\n${Array.from({ length: 50_000 }, (_, index) => `${index},name ${index}`).join('\n')}\n`);
    const [job] = await signedIn
      .dataset('shop')
      .table('from_csv')
      .load(csvPath, { autodetect: true, skipLeadingRows: 1, sourceFormat: 'CSV' });
    expect(job).toMatchObject({ status: { state: 'DONE' }, statistics: { load: { outputRows: '50000' } } });
    const jsonPath = join(directory, `${major}.json`);
    await writeFile(jsonPath, '{"id":1,"tags":["a","b"]}\n{"id":2,"tags":[]}\n');
    const fields = [
      { name: 'id', type: 'INTEGER' },
      { name: 'tags', type: 'STRING', mode: 'REPEATED' },
    ];
    await signedIn.dataset('shop').table('from_json').load(jsonPath, { sourceFormat: 'NEWLINE_DELIMITED_JSON', schema: { fields } });
    expect((await bigquery.query('SELECT * FROM shop.from_json ORDER BY id'))[0]).toEqual([
      { id: 1, tags: ['a', 'b'] },
      { id: 2, tags: [] },
    ]);
  });

  test('routines are created, listed and called', async () => {
    const routine = dataset.routine('twice');
    await routine.create({
      routineType: 'SCALAR_FUNCTION',
      language: 'SQL',
      arguments: [{ name: 'x', dataType: { typeKind: 'INT64' } }],
      returnType: { typeKind: 'INT64' },
      definitionBody: 'x * 2',
    });
    expect((await dataset.getRoutines())[0].map(({ id }) => id)).toEqual(['twice']);
    expect((await bigquery.query('SELECT shop.twice(21) AS answer'))[0]).toEqual([{ answer: 42 }]);
  });

  test('a session keeps its temporary tables', async () => {
    const [job] = await bigquery.createQueryJob({ query: 'CREATE TEMP TABLE kept AS SELECT 1 AS x', createSession: true } as object);
    await job.getQueryResults();
    const { sessionId } = (await job.getMetadata())[0].statistics.sessionInfo;
    const [rows] = await bigquery.query({ query: 'SELECT x FROM kept', connectionProperties: [{ key: 'session_id', value: sessionId }] });
    expect(rows).toEqual([{ x: 1 }]);
  });
});
