import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../../shared/contract/failure.ts';
import type { ReplayLabel, ReplayOutcome, ReplayProgress, ReplayState } from '../../../../shared/contract/replay.ts';
import { openApp } from '../../testing/open-app.tsx';

const counts = { RECORDED: 0, 'RECOMPUTED-EQUAL': 1, 'RECOMPUTED-DIFFERENT': 0, UNSUPPORTED: 0, UNKNOWN: 1 };

const aProgress = (phase: ReplayProgress['phase'], done: number): ReplayProgress => ({
  replayId: 'r1',
  target: 'recomputed',
  phase,
  elapsedMs: 1200,
  done,
  total: 2,
  counts,
});

const anOutcome = (number: number, label: ReplayLabel, explanation: string): ReplayOutcome => ({
  exchangeId: `x${number}`,
  number,
  sql: `SELECT ${number}`,
  label,
  explanation,
  missing: label === 'UNKNOWN' ? ['acme.crm.contacts'] : [],
  recorded: { rows: '3' },
  elapsedMs: 4,
});

const outcomes = [anOutcome(1, 'RECOMPUTED-EQUAL', 'Three rows, the same.'), anOutcome(2, 'UNKNOWN', 'Rows of a table were not recorded.')];

const state = (progress: ReplayProgress, of: readonly ReplayOutcome[]): ReplayState => ({ ...progress, tables: [], outcomes: [...of] });

describe('replay', () => {
  it('starts, shows progress and labels each statement', async () => {
    let phase: ReplayProgress['phase'] = 'idle';
    const app = openApp(
      {
        'replay:start': () => {
          phase = 'running';
          return state(aProgress('running', 0), []);
        },
        'replay:state': ({ label }) =>
          state(
            aProgress(phase, phase === 'idle' ? 0 : 2),
            outcomes.filter((each) => label === undefined || each.label === label),
          ),
      },
      '#/replay',
    );
    await app.sees('Nothing was replayed yet');
    await app.click('Start');
    await app.sees('0 of 2 statements');
    expect(app.engine.inputsOf('replay:start')).toEqual([{ target: 'recomputed' }]);

    phase = 'done';
    app.engine.say({ kind: 'replay:progress', progress: aProgress('done', 2) });
    await app.sees('Three rows, the same.');
    await app.sees('Rows of a table were not recorded.');

    await app.click(/UNKNOWN/);
    await app.sees('acme.crm.contacts');
    app.seesNo('Three rows, the same.');
  });

  it('says why it could not start', async () => {
    const refuse = (): never => {
      throw new EngineError({ code: 'REPLAY_NO_SESSION', message: 'This case holds no session.', remedy: 'Open a bundle first.' });
    };
    const app = openApp({ 'replay:start': refuse, 'replay:state': () => state(aProgress('idle', 0), []) }, '#/replay');
    await app.click('Start');
    await app.sees('This case holds no session.');
    await app.sees('Open a bundle first.');
  });
});
