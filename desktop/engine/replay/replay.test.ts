import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordSession } from '../../../fixtures/sessions/record-session.ts';
import { replaySession } from '../../../fixtures/sessions/replay-session.ts';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import type { ReplayState } from '../../../shared/contract/replay.ts';
import { createReviewEngine, type ReviewEngine } from '../create-review-engine.ts';
import { untilOpened } from '../testing/until-opened.ts';

const directory = mkdtempSync(join(tmpdir(), 'steno-replay-test-'));
let engine: ReviewEngine;
let api: EngineApi;

beforeAll(async () => {
  const path = join(directory, 'replayable.wacz');
  await recordSession(replaySession(), path);
  engine = await createReviewEngine({ settingsDirectory: false });
  api = createEngineClient(engine);
  await api.call('case:open', { paths: [path] });
  await untilOpened(api);
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true });
});

async function replay(target: 'recorded' | 'recomputed'): Promise<ReplayState> {
  await api.call('replay:start', { target });
  for (;;) {
    const state = await api.call('replay:state', { offset: 0, limit: 100 });
    if (!['preparing', 'running'].includes(state.phase)) return state;
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
const toTable = ({ outcomes }: ReplayState): string[] =>
  outcomes.map(({ number, label, explanation, construct, missing }) => [number, label, construct ?? explanation, ...missing].join(' | '));

describe('replay from the recording', () => {
  it('gives every recorded answer, refusals and errors too, and says what was not recorded whole', async () => {
    const state = await replay('recorded');
    expect(state).toMatchObject({ phase: 'done', done: 18, total: 18 });
    expect(state.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(toTable(state)).toEqual([
      '1 | RECORDED | The recorded answer was given: 2 rows.',
      '2 | RECORDED | The recorded answer was given: 1 row.',
      '3 | RECORDED | The recorded answer was given: 1 row.',
      '4 | RECORDED | Refused as recorded, by forbid-hr.',
      '5 | RECORDED | Failed as recorded: invalidQuery.',
      '6 | RECORDED | The recorded answer was given: 1 row.',
      '7 | RECORDED | The recorded answer was given.',
      '8 | RECORDED | The recorded answer was given.',
      '9 | RECORDED | The recorded answer was given: 1 row.',
      '10 | RECORDED | The recorded answer was given: 1 row.',
      '11 | RECORDED | The recorded answer was given.',
      '12 | RECORDED | The recorded answer was given: 1 row.',
      '13 | RECORDED | The recorded answer was given: 1 row.',
      '14 | UNKNOWN | The recorded answer was cut: there is no whole answer to give. | the answer of exchange 14',
      '17 | RECORDED | The recorded answer was given: 1 row.',
      '18 | RECORDED | The recorded answer was given.',
      '19 | RECORDED | The recorded answer was given: 1 row.',
      '22 | RECORDED | The recorded answer was given: 1 row.',
    ]);
  });
});

describe('replay by recomputing', () => {
  it('labels every statement by what could be computed from the recording', async () => {
    const state = await replay('recomputed');
    expect(state).toMatchObject({
      phase: 'done',
      tables: [
        { table: 'acme.sales.orders', rows: '2', source: 'read whole by exchange 1' },
        { table: 'acme.ext.v', rows: '2', source: 'listed whole from exchange 21 on' },
      ],
    });
    expect(toTable(state)).toEqual([
      '1 | RECOMPUTED-EQUAL | All 2 rows are equal. The table was rebuilt from this very answer.',
      '2 | RECOMPUTED-EQUAL | The one row is equal.',
      '3 | RECOMPUTED-DIFFERENT | Only in the recording: 1 row; only recomputed: 1 row.',
      '4 | RECORDED | It was refused by forbid-hr and never reached BigQuery: there is nothing to compute.',
      '5 | RECOMPUTED-EQUAL | Fails alike: Unrecognized name: nope at [1:8]',
      '6 | UNKNOWN | The content of acme.sales.events was not recorded whole. | acme.sales.events',
      '7 | RECOMPUTED-EQUAL | CREATE_TABLE_AS_SELECT succeeds again.',
      '8 | RECOMPUTED-EQUAL | Changes 2 rows again.',
      '9 | RECOMPUTED-EQUAL | The one row is equal.',
      '10 | UNSUPPORTED | Table function ML.PREDICT',
      '11 | UNKNOWN | The content of acme.sales.unseen was not recorded whole. | acme.sales.unseen',
      '12 | UNKNOWN | The content of acme.sales.orders was not recorded whole. | acme.sales.orders',
      '13 | RECOMPUTED-DIFFERENT | Only in the recording: 1 row; only recomputed: 1 row. It uses RAND(), which answers anew each time.',
      '14 | UNKNOWN | The recorded answer was cut: there is nothing whole to compare with. | the answer of exchange 14',
      '17 | RECOMPUTED-EQUAL | The one row is equal.',
      '18 | UNKNOWN | The contents of 2 tables were not recorded whole. | acme.sales.unseen | acme.ext.v',
      '19 | RECOMPUTED-EQUAL | The one row is equal.',
      '22 | UNKNOWN | The recorded answer was masked before it was delivered. | the answer as it was before masking',
    ]);
    expect(state.outcomes[2]?.difference).toMatchObject({
      leftRows: 1,
      rightRows: 1,
      samples: [
        { kind: 'added', right: ['2'] },
        { kind: 'removed', left: ['3'] },
      ],
    });
    expect(state.endpoint).toBeUndefined();
  });

  it('shows the outcomes of one label, by windows', async () => {
    const { outcomes } = await api.call('replay:state', { offset: 1, limit: 1, label: 'RECOMPUTED-DIFFERENT' });
    expect(outcomes.map(({ number }) => number)).toEqual([13]);
  });

  it('can be cancelled, and begun again', async () => {
    await api.call('replay:start', { target: 'recomputed' });
    expect(await api.tryCall('replay:start', { target: 'recorded' })).toMatchObject({ ok: false, error: { code: 'REPLAY_RUNNING' } });
    expect(await api.call('replay:cancel', {})).toMatchObject({ phase: 'cancelled' });
    expect(await replay('recorded')).toMatchObject({ phase: 'done' });
  });
});
