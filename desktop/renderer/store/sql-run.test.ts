import { describe, expect, it } from 'vitest';
import { aFakeEngine } from '../testing/fake-engine.ts';
import { createSqlRun } from './sql-run.ts';

const anAnswer = (text: string) => ({ columns: [], rows: [[text]], truncated: false, elapsedMs: 1 });

describe('a run of the console', () => {
  it('ends with its rows', async () => {
    const { host } = aFakeEngine({ 'sql:run': ({ sql }) => anAnswer(sql) });
    const run = createSqlRun(host.engine);
    expect(await run.run('SELECT 1')).toMatchObject({ phase: 'done', answer: { rows: [['SELECT 1']] } });
  });

  it('is cancelled by its own name', async () => {
    const cut = Promise.withResolvers<void>();
    const engine = aFakeEngine({
      'sql:run': async ({ sql }) => {
        await cut.promise;
        return anAnswer(sql);
      },
      'sql:cancel': () => ({ cancelled: true }),
    });
    const run = createSqlRun(engine.host.engine);
    const ended = run.run('SELECT slow');
    await run.cancel();
    expect(run.state()).toMatchObject({ phase: 'running', cancelling: true });
    expect(engine.inputsOf('sql:cancel')[0]?.runId).toBe(engine.inputsOf('sql:run')[0]?.runId);
    cut.resolve();
    await ended;
  });

  it('drops the answer of a run that another replaced', async () => {
    const first = Promise.withResolvers<void>();
    const engine = aFakeEngine({
      'sql:run': async ({ sql }) => {
        if (sql === 'first') await first.promise;
        return anAnswer(sql);
      },
      'sql:cancel': () => ({ cancelled: true }),
    });
    const run = createSqlRun(engine.host.engine);
    const firstEnded = run.run('first');
    await run.run('second');
    first.resolve();
    await firstEnded;
    expect(run.state()).toMatchObject({ phase: 'done', sql: 'second' });
    expect(engine.inputsOf('sql:cancel')).toHaveLength(1);
  });
});
