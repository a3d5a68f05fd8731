import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { busySession } from '../../fixtures/sessions/busy-session.ts';
import { createMemoryBundle } from '../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../fixtures/sessions/memory-evidence.ts';
import { recordSession } from '../../fixtures/sessions/record-session.ts';
import { salesSession } from '../../fixtures/sessions/sales-session.ts';
import { createEngineClient } from '../../shared/contract/create-engine-client.ts';
import type { EngineApi } from '../../shared/contract/engine-api.ts';
import type { EngineEvent } from '../../shared/contract/events.ts';
import { createReviewEngine, type ReviewEngine, type ReviewEngineOptions } from './create-review-engine.ts';
import { untilOpened } from './testing/until-opened.ts';

const engines: ReviewEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

async function startEngine(options: ReviewEngineOptions): Promise<{ api: EngineApi; engine: ReviewEngine }> {
  const engine = await createReviewEngine({ settingsDirectory: false, ...options });
  engines.push(engine);
  return { engine, api: createEngineClient(engine) };
}
const overMemory = (...bundles: Parameters<typeof createMemoryEvidence>[0]) => startEngine({ evidence: createMemoryEvidence(bundles) });

describe('a case', () => {
  it('is empty at first, and answers every list with nothing', async () => {
    const { api } = await overMemory();
    expect(await api.call('case:state', {})).toEqual({ phase: 'empty', bundles: [], revision: 1 });
    expect(await api.call('exchange:list', { filter: 'who:ci', offset: 0, limit: 10 })).toEqual({ total: 0, rows: [] });
    expect((await api.call('case:overview', {})).totals.exchanges).toBe(0);
    expect((await api.call('timeline:lanes', { filter: '', by: 'table', buckets: 10, maxLanes: 5 })).lanes).toEqual([]);
    expect((await api.call('finding:list', {})).findings).toEqual([]);
    expect(await api.tryCall('sql:run', { runId: 'r', sql: 'SELECT 1', maxRows: 1 })).toMatchObject({
      ok: false,
      error: { code: 'SQL_NOT_READY' },
    });
    expect(await api.tryCall('replay:start', { target: 'recorded' })).toMatchObject({ ok: false, error: { code: 'REPLAY_NOTHING' } });
  });

  it('holds several bundles and counts their exchanges through', async () => {
    const [small, busy] = [createMemoryBundle(salesSession()), createMemoryBundle(busySession(60))];
    const { api } = await overMemory(small, busy);
    await api.call('case:open', { paths: [small.path] });
    await untilOpened(api);
    await api.call('case:open', { paths: [busy.path] });
    const { bundles } = await untilOpened(api);
    expect(bundles.map(({ bundleId, exchangesLoaded }) => [bundleId, exchangesLoaded])).toEqual([
      [1, 10],
      [2, 60],
    ]);
    const { total, rows } = await api.call('exchange:list', { filter: 'session:busy', offset: 0, limit: 1 });
    expect([total, rows[0]?.number, rows[0]?.bundleId]).toEqual([60, 11, 2]);
    const opened = await api.call('result:open', { exchangeId: rows[0]!.exchangeId });
    expect([opened.resultId, opened.total]).toEqual(['result_11', 3]);
    const answer = await api.call('sql:run', {
      runId: 'r',
      sql: 'SELECT bundle_id, count(*) FROM exchange GROUP BY 1 ORDER BY 1',
      maxRows: 10,
    });
    expect(answer.rows).toEqual([
      ['1', '10'],
      ['2', '60'],
    ]);
  });

  it('opens a bundle once, however often it is asked to', async () => {
    const bundle = createMemoryBundle(salesSession());
    const { api } = await overMemory(bundle);
    await api.call('case:open', { paths: [bundle.path, bundle.path] });
    await api.call('case:open', { paths: [bundle.path] });
    expect((await untilOpened(api)).bundles).toHaveLength(1);
  });

  it('can be closed and filled again', async () => {
    const bundle = createMemoryBundle(salesSession());
    const { api } = await overMemory(bundle);
    for (const _ of [1, 2]) {
      await api.call('case:open', { paths: [bundle.path] });
      await untilOpened(api);
      const { rows } = await api.call('exchange:list', { filter: 'number:2', offset: 0, limit: 1 });
      expect((await api.call('result:open', { exchangeId: rows[0]!.exchangeId })).total).toBe(5);
      expect(await api.call('case:close', {})).toMatchObject({ phase: 'empty' });
      expect((await api.call('exchange:list', { filter: '', offset: 0, limit: 1 })).total).toBe(0);
    }
  });

  it('opens a damaged bundle as far as it can be read, and says so', async () => {
    const bundle = createMemoryBundle(salesSession(), { damagedFrom: 4 });
    const { api } = await overMemory(bundle);
    await api.call('case:open', { paths: [bundle.path] });
    const state = await untilOpened(api);
    expect(state.bundles[0]).toMatchObject({ phase: 'ready', exchangesLoaded: 3, problems: [{ code: 'LOAD_INCOMPLETE' }] });
    expect(state.bundles[0]?.problems[0]?.message).toBe(
      'Only 3 of 10 exchanges could be read: Exchange 4 cannot be read: its record was changed.',
    );
    expect((await api.call('exchange:list', { filter: '', offset: 0, limit: 10 })).total).toBe(3);
  });

  it('keeps what was loaded when loading is cancelled', async () => {
    const bundle = createMemoryBundle(busySession(20_000));
    const { api, engine } = await overMemory(bundle);
    const cancelled = new Promise<void>((resolve) => {
      engine.on((event) => {
        if (event.kind !== 'case:progress' || (event.state.bundles[0]?.exchangesLoaded ?? 0) === 0) return;
        void api.call('case:cancel', {}).then(() => resolve());
      });
    });
    await api.call('case:open', { paths: [bundle.path] });
    await cancelled;
    const { bundles } = await untilOpened(api);
    const { total } = await api.call('exchange:list', { filter: '', offset: 0, limit: 1 });
    expect(bundles[0]?.phase).toBe('cancelled');
    expect(total).toBe(bundles[0]?.exchangesLoaded);
    expect(total).toBeLessThan(20_000);
  });

  it('tells its progress: checks first, then rows, then ready', async () => {
    const bundle = createMemoryBundle(salesSession());
    const { api, engine } = await overMemory(bundle);
    const events: EngineEvent[] = [];
    engine.on((event) => events.push(event));
    await api.call('case:open', { paths: [bundle.path] });
    await untilOpened(api);
    expect(events.filter(({ kind }) => kind === 'integrity:check')).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ kind: 'case:progress', state: { phase: 'ready' } });
    expect(events[0]?.kind).toBe('integrity:check');
  });
});

describe('opening files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'steno-case-test-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const fileOf = (name: string): string => join(directory, name);
  const failureOf = async (path: string) => {
    const { api } = await startEngine({});
    const answer = await api.tryCall('case:open', { paths: [path] });
    return answer.ok ? (await untilOpened(api)).bundles[0] : answer.error;
  };

  it('says in a sentence what is wrong with a file that is no bundle', async () => {
    writeFileSync(fileOf('notes.txt'), 'not a bundle at all');
    expect(await failureOf(fileOf('notes.txt'))).toMatchObject({
      code: 'BUNDLE_NOT_A_BUNDLE',
      message: expect.stringMatching(/^[A-Z].*\.$/s),
    });
    expect(await failureOf(fileOf('missing.wacz'))).toMatchObject({ code: 'BUNDLE_NOT_FOUND' });
  });

  it('opens a recorded session; green with its key, and never green when a byte was changed', async () => {
    const path = fileOf('sales.wacz');
    const session = salesSession();
    const { writerKey, exporterKey } = await recordSession({ ...session, exchanges: session.exchanges.slice(0, 9) }, path);
    const { api } = await startEngine({ pinnedKeys: [writerKey, exporterKey] });
    await api.call('case:open', { paths: [path] });
    expect((await untilOpened(api)).bundles[0]).toMatchObject({ phase: 'ready', verdict: 'sound', exchangesLoaded: 9, problems: [] });
    const { rows } = await api.call('exchange:list', { filter: 'number:2', offset: 0, limit: 1 });
    expect((await api.call('result:open', { exchangeId: rows[0]!.exchangeId })).total).toBe(5);

    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = bytes[middle]! ^ 1;
    const changed = fileOf('changed.wacz');
    writeFileSync(changed, bytes);
    const judged = await failureOf(changed);
    expect(judged).not.toMatchObject({ verdict: 'sound' });
    expect(judged).not.toMatchObject({ verdict: 'sound-unknown-key' });

    truncateSync(changed, 4_000);
    expect(await failureOf(changed)).toMatchObject({ code: 'BUNDLE_TRUNCATED' });
  });

  it('opens the good ones beside a bad one, and tells of the bad one', async () => {
    writeFileSync(fileOf('bad.wacz'), 'zip? no');
    const { api } = await startEngine({});
    await api.call('case:open', { paths: [fileOf('bad.wacz'), fileOf('sales.wacz')] });
    const { bundles } = await untilOpened(api);
    expect(bundles).toMatchObject([{ fileName: 'sales.wacz', phase: 'ready', problems: [{ code: 'BUNDLE_NOT_A_BUNDLE' }] }]);
  });
});
