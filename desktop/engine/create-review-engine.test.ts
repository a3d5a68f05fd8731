import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBundle } from '../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../fixtures/sessions/memory-evidence.ts';
import { salesSession } from '../../fixtures/sessions/sales-session.ts';
import { createEngineClient } from '../../shared/contract/create-engine-client.ts';
import type { EngineApi } from '../../shared/contract/engine-api.ts';
import { createReviewEngine, type ReviewEngine } from './create-review-engine.ts';
import { untilOpened } from './testing/until-opened.ts';

const path = '/memory/nightly-report.wacz';
let engine: ReviewEngine;
let api: EngineApi;

beforeAll(async () => {
  const evidence = createMemoryEvidence([createMemoryBundle(salesSession())]);
  engine = await createReviewEngine({ evidence, settingsDirectory: false });
  api = createEngineClient(engine);
  await api.call('case:open', { paths: [path] });
  await untilOpened(api);
});
afterAll(() => engine.close());

/** The exchanges as lines of a table. */
const list = async (filter: string): Promise<string[]> => {
  const { rows } = await api.call('exchange:list', { filter, offset: 0, limit: 100 });
  return rows.map(({ number, who, outcome, sql }) =>
    [number, who.split('@')[0], outcome, sql?.replace(/\s+/g, ' ').slice(0, 30) ?? '-'].join(' | '),
  );
};
const idOf = async (number: number): Promise<string> => {
  const { rows } = await api.call('exchange:list', { filter: `number:${number}`, offset: 0, limit: 1 });
  return rows[0]!.exchangeId;
};

describe('an opened bundle', () => {
  it('is ready with its verdict and count', async () => {
    expect(await api.call('case:state', {})).toMatchObject({
      phase: 'ready',
      bundles: [{ phase: 'ready', verdict: 'sound-unknown-key', exchangesLoaded: 10, exchangesTotal: 10, checksDone: 2, problems: [] }],
    });
  });

  it('lists its exchanges', async () => {
    expect(await list('')).toEqual([
      '1 | ci-bot | answered | -',
      '2 | ci-bot | answered | SELECT id, customer, total, pa',
      '3 | ci-bot | answered | -',
      '4 | ci-bot | refused | SELECT ssn, salary FROM acme.h',
      '5 | ci-bot | upstream-error | SELECT totl FROM acme.sales.or',
      '6 | ci-bot | answered | SELECT * FROM acme.sales.event',
      '7 | ann | answered | SELECT count(*) FROM acme.sale',
      '8 | ci-bot | answered | INSERT acme.report.daily (day,',
      '9 | ci-bot | transport-failed | SELECT * FROM acme.sales.order',
      '10 | ci-bot | unfinished | SELECT 1',
    ]);
  });
});

describe('filtering', () => {
  const numbers = async (filter: string) => (await list(filter)).map((line) => Number(line.split(' ')[0]));
  it.each<[string, number[]]>([
    ['who:ci', [1, 2, 3, 4, 5, 6, 8, 9, 10]],
    ['tables:acme.sales.*', [2, 5, 6, 7, 9]],
    ['tables:orders', [2, 5, 7, 9]],
    ['bytes>1GB', [6]],
    ['outcome:denied', [4]],
    ['outcome:failed', [5, 9]],
    ['text:"ssn"', [4]],
    ['SSN salary', [4]],
    ['method:jobs.query type:INSERT', [8]],
    ['method:jobs.getQueryResults', [3]],
    ['tool:bq/*', [7]],
    ['dry:yes OR status:403', [4, 7]],
    ['tables:orders -dry:yes -outcome:failed', [2]],
    ['rule:forbid-*', [4]],
    ['error:invalidQuery', [5]],
    ['at>=2026-03-02T09:03', [9, 10]],
    ['at:2026-03-02T09:01', [7]],
    ['duration>=900ms', [8, 9]],
    ['session:nightly* result:yes', [2, 3, 6]],
    ['rows:5', [2, 3]],
    ['nothing-like-this', []],
  ])('%s → %j', async (filter, expected) => expect(await numbers(filter)).toEqual(expected));

  it('says where a fault is', async () => {
    const answer = await api.tryCall('exchange:list', { filter: 'who:ci wo:x', offset: 0, limit: 1 });
    expect(answer).toMatchObject({ ok: false, error: { code: 'FILTER_SYNTAX', span: { start: 7, end: 9 } } });
  });

  it('sorts, windows and finds a place', async () => {
    const sort = { by: 'durationMs', direction: 'desc' } as const;
    const { total, rows } = await api.call('exchange:list', { filter: '', sort, offset: 1, limit: 2 });
    expect([total, rows.map(({ number }) => number)]).toEqual([10, [8, 2]]);
    expect(await api.call('exchange:locate', { exchangeId: await idOf(8), filter: '', sort })).toEqual({ offset: 1 });
    expect(await api.call('exchange:locate', { exchangeId: await idOf(8), filter: 'who:ann' })).toEqual({});
  });

  it('completes values that occur', async () => {
    const { suggestions } = await api.call('filter:assist', { filter: 'who:an', cursor: 6 });
    expect(suggestions).toEqual([{ label: 'ann@acme.example', insert: 'who:ann@acme.example' }]);
  });
});

describe('one exchange', () => {
  it('tells statement, decision, tables, job, timings, heads and bodies', async () => {
    const detail = await api.call('exchange:get', { exchangeId: await idOf(6) });
    expect(detail).toMatchObject({
      principal: { kind: 'agent', email: 'ci-bot@acme.example', groups: ['analytics'] },
      statement: {
        sql: 'SELECT *\nFROM acme.sales.events\nWHERE day = @day',
        parameters: [{ name: 'day', type: 'DATE', value: '2026-03-01' }],
      },
      decision: { effect: 'allow', rules: ['allow-analytics'] },
      referencedTables: [{ table: 'acme.sales.events', access: 'read', source: 'statement' }],
      job: {
        jobId: 'job_6',
        statistics: [
          { name: 'statementType', value: 'SELECT' },
          { name: 'totalBytesProcessed', value: '12000000000' },
          { name: 'totalRows', value: '2' },
          { name: 'cacheHit', value: 'false' },
        ],
      },
      response: { status: 200 },
      end: { outcome: 'answered', framing: 'complete' },
    });
    expect(detail.timings.map(({ name }) => name)).toEqual([
      'identity',
      'policy',
      'intentDurable',
      'upstreamFirstByte',
      'upstreamLastByte',
    ]);
    expect(detail.bodies.map(({ side, present }) => [side, present])).toEqual([
      ['request', true],
      ['response', true],
    ]);
    expect(JSON.parse(detail.record.intent)).toMatchObject({ kind: 'intent', methodId: 'bigquery.jobs.query' });
  });

  it('tells a refusal with its reason, and the other exchanges of a job', async () => {
    expect(await api.call('exchange:get', { exchangeId: await idOf(4) })).toMatchObject({
      decision: { effect: 'deny', rules: ['forbid-hr'], reason: 'Ask the HR data owner for access to acme.hr.' },
      row: { outcome: 'refused', status: 403 },
    });
    expect((await api.call('exchange:get', { exchangeId: await idOf(2) })).sameJob).toMatchObject([{ number: 3 }]);
  });

  it('reads a body by windows', async () => {
    const exchangeId = await idOf(2);
    const whole = await api.call('exchange:body', { exchangeId, side: 'response', offset: 0, length: 100_000 });
    expect(JSON.parse(whole.text ?? '')).toMatchObject({ totalRows: '5', pageToken: 'page2' });
    const part = await api.call('exchange:body', { exchangeId, side: 'response', offset: 5, length: 10 });
    expect(part).toMatchObject({ offset: 5, bytes: 10, totalBytes: whole.totalBytes, text: whole.text?.slice(5, 15) });
  });

  it('refuses an unknown one', async () => {
    expect(await api.tryCall('exchange:get', { exchangeId: 'nope' })).toMatchObject({ ok: false, error: { code: 'EXCHANGE_UNKNOWN' } });
  });
});

describe('results', () => {
  it('joins the pages of a job, exact to the last digit', async () => {
    const opened = await api.call('result:open', { exchangeId: await idOf(3) });
    expect(opened).toMatchObject({
      resultId: 'result_2',
      total: 5,
      reportedRows: '5',
      complete: true,
      problems: [],
      pages: [
        { number: 2, rows: 3 },
        { number: 3, rows: 2 },
      ],
    });
    expect(opened.columns.map(({ name, type, engineType }) => `${name} ${type} ${engineType}`)).toEqual([
      'id INT64 BIGINT',
      'customer STRING VARCHAR',
      'total NUMERIC DECIMAL(38,9)',
      'paid BOOL BOOLEAN',
    ]);
    const { rows } = await api.call('result:page', { resultId: 'result_2', offset: 0, limit: 10 });
    expect(rows).toEqual([
      ['9007199254740993', 'Ann', '10.5', 'true'],
      ['2', 'Bob', '0.000000001', 'false'],
      ['3', null, null, null],
      ['4', "=cmd|' /C'!A0", '-7', 'true'],
      ['5', 'Eve', '99999999999999999999999999999.999999999', 'true'],
    ]);
  });

  it('keeps every type exact', async () => {
    const opened = await api.call('result:open', { exchangeId: await idOf(6) });
    expect(opened.problems).toEqual([]);
    expect(opened.columns.map(({ type, mode }) => (mode === 'REPEATED' ? `ARRAY<${type}>` : type))).toEqual([
      'TIMESTAMP',
      'ARRAY<STRING>',
      'STRUCT',
      'BYTES',
      'BIGNUMERIC',
      'JSON',
      'DATE',
      'TIME',
      'DATETIME',
      'FLOAT64',
    ]);
    const { rows } = await api.call('result:page', { resultId: opened.resultId, offset: 0, limit: 10 });
    expect(rows).toEqual([
      [
        '2026-03-02 09:00:00.123456+00',
        { list: ['a', 'b'] },
        { struct: ['Oslo', { struct: ['59.9', '10.7'] }] },
        'AP8=',
        '1e60',
        '{"k":[1,2]}',
        '2026-03-01',
        '12:00:00.000001',
        '2026-03-01 12:00:00.5',
        'NaN',
      ],
      ['1969-12-31 23:59:58.5+00', { list: [] }, null, null, null, 'null', null, null, null, null],
    ]);
  });

  it('sorts a page', async () => {
    const { rows } = await api.call('result:page', {
      resultId: 'result_2',
      offset: 0,
      limit: 2,
      sort: { column: 'total', direction: 'desc' },
    });
    expect(rows.map((row) => row[1])).toEqual(['Eve', 'Ann']);
  });

  it('says when there are none', async () => {
    expect(await api.tryCall('result:open', { exchangeId: await idOf(4) })).toMatchObject({ ok: false, error: { code: 'RESULT_NONE' } });
  });
});

describe('SQL', () => {
  const run = (sql: string, maxRows = 100, timeoutMs?: number) =>
    api.tryCall('sql:run', { runId: `run-${Math.random()}`, sql, maxRows, ...(timeoutMs === undefined ? {} : { timeoutMs }) });

  it('reads the tables and the results', async () => {
    expect(await run('SELECT outcome, count(*) AS n FROM exchange GROUP BY ALL ORDER BY n DESC, outcome LIMIT 2')).toMatchObject({
      ok: true,
      value: {
        columns: [
          { name: 'outcome', type: 'STRING' },
          { name: 'n', type: 'INT64' },
        ],
        rows: [
          ['answered', '6'],
          ['refused', '1'],
        ],
        truncated: false,
      },
    });
    expect(await run('SELECT max(id), sum(total) FROM result_2')).toMatchObject({
      value: { rows: [['9007199254740993', '100000000000000000000000000003.500000000'.replace(/\.?0+$/, '')]] },
    });
    expect(await run(`SELECT name, value FROM header WHERE number = 4 AND side = 'request' ORDER BY name LIMIT 1`)).toMatchObject({
      value: { rows: [['content-type', 'application/json; charset=UTF-8']] },
    });
  });

  it('cuts at maxRows and says so', async () => {
    expect(await run('SELECT range FROM range(1000000)', 3)).toMatchObject({ value: { rows: [['0'], ['1'], ['2']], truncated: true } });
  });

  it.each([
    [`SELECT * FROM read_csv('/etc/passwd')`, /disabled by configuration/],
    [`COPY exchange TO '/tmp/steno-leak.csv'`, /disabled by configuration/],
    ['INSTALL httpfs', /disabled by configuration/],
    [`SET memory_limit = '100GB'`, /locked/],
    [`INSERT INTO bundle_1.exchange SELECT * FROM bundle_1.exchange`, /read-only/],
    ['SELEC 1', /syntax error/],
  ])('refuses %s', async (sql, message) => {
    expect(await run(sql)).toMatchObject({ ok: false, error: { code: 'SQL_FAILED', message: expect.stringMatching(message) } });
  });

  it('is killed when it takes too long, and the engine lives on', async () => {
    const endless = 'SELECT count(*) FROM range(10000000000) a, range(10000000000) b';
    expect(await run(endless, 10, 300)).toMatchObject({ ok: false, error: { code: 'SQL_TIMEOUT' } });
    const running = api.tryCall('sql:run', { runId: 'endless', sql: endless, maxRows: 10 });
    await new Promise((wake) => setTimeout(wake, 200));
    expect(await api.call('sql:cancel', { runId: 'endless' })).toEqual({ cancelled: true });
    expect(await running).toMatchObject({ ok: false, error: { code: 'SQL_CANCELLED' } });
    expect(await run('SELECT 1')).toMatchObject({ ok: true });
  });

  it('documents every relation', async () => {
    const { relations } = await api.call('sql:schema', {});
    const undocumented = relations
      .filter(({ kind }) => kind === 'table')
      .flatMap(({ name, columns }) => columns.filter(({ comment }) => comment === undefined).map((column) => `${name}.${column.name}`));
    expect(relations.map(({ name }) => name)).toContain('statement_outcome');
    expect(undocumented.slice(0, 50)).toEqual([]);
  });
});

describe('overview, timeline and findings', () => {
  it('counts the case', async () => {
    const overview = await api.call('case:overview', {});
    expect(overview.totals).toEqual({
      exchanges: 10,
      statements: 7,
      denied: 1,
      failed: 2,
      dryRuns: 1,
      rowsReturned: '7',
      bytesProcessed: '12000002612',
      bytesToClient: expect.any(String),
    });
    expect(overview.sessions).toMatchObject([{ name: 'nightly-report', exchanges: 10, principal: { label: 'ci-bot@acme.example' } }]);
    expect(overview.datasets).toMatchObject([
      { dataset: 'acme.sales', reads: 5, writes: 0 },
      { dataset: 'acme.report', writes: 1 },
      { dataset: 'acme.hr', denied: 1 },
    ]);
    expect(overview.dearest[0]).toMatchObject({ number: 6, bytesProcessed: '12000000000' });
  });

  it('draws lanes from sums', async () => {
    const timeline = await api.call('timeline:lanes', { filter: '', by: 'principal', buckets: 4, maxLanes: 10 });
    expect(timeline.lanes).toEqual([
      {
        key: 'ci-bot@acme.example',
        total: 9,
        buckets: [
          { bucket: 0, exchanges: 6, denied: 1, failed: 1, bytesProcessed: '12000002048' },
          { bucket: 1, exchanges: 1, denied: 0, failed: 0, bytesProcessed: '64' },
          { bucket: 2, exchanges: 1, denied: 0, failed: 1, bytesProcessed: '500' },
          { bucket: 3, exchanges: 1, denied: 0, failed: 0, bytesProcessed: '0' },
        ],
      },
      { key: 'ann@acme.example', total: 1, buckets: [{ bucket: 0, exchanges: 1, denied: 0, failed: 0, bytesProcessed: '0' }] },
    ]);
    const folded = await api.call('timeline:lanes', { filter: '', by: 'table', buckets: 1, maxLanes: 1 });
    expect([folded.lanes.length, folded.foldedLanes]).toEqual([2, 4]);
  });

  it('finds what the detectors look for', async () => {
    const { findings } = await api.call('finding:list', {});
    expect(findings.map(({ detector, exchanges }) => `${detector} ${exchanges.map(({ number }) => number)}`)).toEqual([
      'cost-spike 6',
      'cut-response 9',
      'no-end 10',
    ]);
  });

  it('searches statements and cells', async () => {
    const { hits, total } = await api.call('search:run', { text: 'eve', cells: true, offset: 0, limit: 10 });
    expect(hits.map(({ number, where, column, rowIndex }) => [number, where, column, rowIndex])).toEqual([
      [6, 'sql', undefined, undefined],
      [9, 'sql', undefined, undefined],
      [3, 'cell', 'customer', 4],
    ]);
    expect(total).toBe(3);
  });
});

describe('diff', () => {
  it('compares the SQL of two exchanges by lines and words', async () => {
    const diff = await api.call('diff:statements', { left: await idOf(5), right: await idOf(7) });
    expect(diff).toMatchObject({ identical: false, sameFingerprint: false, summary: { changed: 1, added: 0, removed: 0 } });
    expect(diff.lines[0]?.left).toEqual([
      { kind: 'same', text: 'SELECT ' },
      { kind: 'removed', text: 'totl' },
      { kind: 'same', text: ' FROM acme.sales.orders' },
    ]);
  });

  it('compares two results as multisets', async () => {
    const difference = await api.call('diff:results', { left: await idOf(2), right: await idOf(2), keys: [], samples: 5 });
    expect(difference).toMatchObject({ equal: true, added: 0, removed: 0, samples: [] });
  });
});

describe('integrity', () => {
  it('turns green only when the signer is pinned', async () => {
    const before = await api.call('integrity:report', {});
    expect(before.bundles[0]).toMatchObject({ verdict: 'sound-unknown-key', signers: [{ pinned: false }] });
    await api.call('key:pin', { fingerprint: before.bundles[0]!.signers[0]!.fingerprint, label: 'acme gateway' });
    expect((await api.call('integrity:report', {})).bundles[0]).toMatchObject({ verdict: 'sound' });
    await api.call('key:unpin', { fingerprint: before.bundles[0]!.signers[0]!.fingerprint });
    expect((await api.call('case:state', {})).bundles[0]?.verdict).toBe('sound-unknown-key');
  });

  it('keeps a chained log of what was done', async () => {
    const { intact, entries } = await api.call('custody:list', {});
    expect(intact).toBe(true);
    expect(entries.map(({ action }) => action)).toEqual(['opened', 'searched', 'key-pinned', 'key-unpinned']);
  });
});
