// Measures how the cost of each step (reading, describing, fingerprint, analysis, DuckDB SQL, lineage) grows with the text.
//   node e2e/corpus/fuzz-sql-scale.ts [--shape TEXT] [--size 1000]
import { parseArgs } from 'node:util';
import { SqlError } from '../../shared/googlesql/sql-error.ts';
import { SHAPES } from './fuzz-sql-shapes.ts';
import { STEPS, type Step } from './fuzz-sql-steps.ts';

export type Growth = {
  readonly shape: string;
  readonly step: Step;
  /** Processor time at full size, in milliseconds. */
  readonly milliseconds: number;
  /** Time at full size over time at a quarter of it: 4 is linear, 16 quadratic. 0 where it is too short to tell. */
  readonly ratio: number;
  /** The kind of the SqlError that refused it, `broken` for any other error. */
  readonly refused: string | undefined;
};

const SHORTEST_TOLD_MS = 4;

/** How one shape grows through every step, up to the first that refuses it. */
export function measureGrowth(shape: string, size: number): Growth[] {
  const text = SHAPES[shape] ?? (() => '');
  const full = runSteps(text(size));
  const quarter = runSteps(text(Math.ceil(size / 4)));
  return full.map(({ step, milliseconds, refused }) => {
    const before = quarter.find((each) => each.step === step)?.milliseconds ?? 0;
    const ratio = milliseconds < SHORTEST_TOLD_MS ? 0 : milliseconds / Math.max(before, SHORTEST_TOLD_MS / 16);
    return { shape, step, milliseconds, ratio, refused };
  });
}

type Run = { readonly step: Step; readonly milliseconds: number; readonly refused: string | undefined };

/** The shortest of three runs of each step, so that warming up and collecting garbage do not count. */
function runSteps(sql: string): Run[] {
  return Object.entries(STEPS).map(([step, prepare]) => {
    const runs = [1, 2, 3].map(() => runStep(step as Step, () => prepare(sql)));
    return runs.reduce((best, run) => (run.milliseconds < best.milliseconds ? run : best));
  });
}

function runStep(step: Step, prepare: () => () => unknown): Run {
  let start = process.cpuUsage();
  let refused: string | undefined;
  try {
    const work = prepare();
    start = process.cpuUsage();
    work();
  } catch (error) {
    refused = error instanceof SqlError ? error.kind : `broken: ${error}`;
  }
  return { step, milliseconds: process.cpuUsage(start).user / 1_000, refused };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { shape: { type: 'string', default: '' }, size: { type: 'string', default: '1000' } } });
  for (const shape of Object.keys(SHAPES).filter((name) => name.includes(values.shape))) {
    const growths = measureGrowth(shape, Number(values.size));
    const show = ({ step, milliseconds, ratio, refused }: Growth): string =>
      `${step} ${milliseconds.toFixed(1)}${ratio > 0 ? ` ×${ratio.toFixed(1)}` : ''}${refused === undefined ? '' : ` (${refused})`}`;
    console.log(`${shape.padEnd(30)} ${growths.map(show).join('  ')}`);
  }
}
