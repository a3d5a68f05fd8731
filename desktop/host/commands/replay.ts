import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import { REPLAY_LABELS, type ReplayOutcome, ReplayTarget } from '../../../shared/contract/replay.ts';
import { withCase } from './open-case.ts';

export type ReplayOptions = { readonly target: string; readonly json?: boolean };

type Finished = { readonly outcomes: readonly ReplayOutcome[]; readonly counts: Readonly<Partial<Record<string, number>>> };

/** Replays a bundle's session and prints an outcome per statement. Exit 0: it ran to its end, 1: a recomputed answer differs. */
export async function replay(bundle: string, options: ReplayOptions): Promise<void> {
  const target = ReplayTarget.safeParse(options.target);
  if (!target.success) throw new Error(`--target is "recorded" or "recomputed", not "${options.target}".`);
  const finished = await withCase(bundle, async (engine) => {
    await engine.call('replay:start', { target: target.data });
    return untilDone(engine);
  });
  if (options.json) console.log(JSON.stringify(finished, undefined, 2));
  else for (const line of formatReplay(finished)) console.log(line);
  process.exitCode = finished.counts['RECOMPUTED-DIFFERENT'] ? 1 : 0;
}

async function untilDone(engine: EngineApi): Promise<Finished> {
  for (;;) {
    const { phase, problem, done } = await engine.call('replay:state', { offset: 0, limit: 1 });
    if (phase === 'failed' || phase === 'cancelled')
      throw new Error([problem?.message ?? `The replay was ${phase}.`, problem?.remedy ?? ''].join(' ').trim());
    if (phase === 'done') return readOutcomes(engine, done);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

async function readOutcomes(engine: EngineApi, total: number): Promise<Finished> {
  const outcomes: ReplayOutcome[] = [];
  for (;;) {
    const page = await engine.call('replay:state', { offset: outcomes.length, limit: 200 });
    outcomes.push(...page.outcomes);
    if (page.outcomes.length === 0 || outcomes.length >= total) return { outcomes, counts: page.counts };
  }
}

export function formatReplay({ outcomes, counts }: Finished): string[] {
  const lines = outcomes.map(
    (each) => `${String(each.number).padStart(5)}  ${each.label.padEnd(20)}  ${toOneLine(each.sql)}\n${' '.repeat(29)}${each.explanation}`,
  );
  const summary = REPLAY_LABELS.filter((label) => counts[label]).map((label) => `${counts[label]} ${label}`);
  return [...lines, `${outcomes.length} statements: ${summary.join(', ') || 'nothing to replay'}`];
}

function toOneLine(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length <= 100 ? line : `${line.slice(0, 99)}…`;
}
