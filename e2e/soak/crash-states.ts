import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { checkSealedState, checkState, type Said } from './states/check-state.ts';
import { damage } from './states/damage.ts';
import { type Crash, DiskModel, type DiskState } from './states/disk-model.ts';
import { parseTrace, type TraceStep, tracedCalls } from './states/parse-trace.ts';

export type StatesOutcome = {
  /** System calls that changed something. */
  readonly steps: number;
  /** Different states that were started on, those with a damaged bit included. */
  readonly states: number;
  readonly byMode: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
};

const LIVES = 3;
const modes: readonly Crash['mode'][] = [
  'process',
  'process',
  'durable',
  'torn',
  'torn',
  'torn',
  'sectors',
  'sectors',
  'sectors',
  'garbage',
  'garbage',
];
const exportEvery = 40;
/** Of the states after the death of a process alone. */
const damagedShare = 0.5;

/** Traces a recorder through several lives, and starts another on `wanted` different states that a crash at any point could have left. */
export async function crashStates(seed: number, wanted: number, seals = false): Promise<StatesOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'steno-states-'));
  const root = join(folder, 'data');
  try {
    const steps = traceWorkload(root, folder, seed, seals);
    return await walk(steps, new DiskModel(steps, root), { root, seed, wanted, seals });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function traceWorkload(root: string, folder: string, seed: number, seals: boolean): TraceStep[] {
  mkdirSync(root, { mode: 0o700 });
  const log = join(folder, 'trace');
  const workload = join(import.meta.dirname, 'states/workload.ts');
  const lives = Array.from(
    { length: LIVES },
    (_, life) => `'${process.execPath}' '${workload}' '${root}' ${seed} ${life}${seals ? ' seals' : ''}`,
  ).join('; ');
  const words = ['-f', '-qq', '-y', '-xx', '-s', '4000000', '-o', log, '-e', `trace=${tracedCalls}`, 'sh', '-c', lives];
  const { error, stderr } = spawnSync('strace', words, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (error !== undefined) throw error;
  const steps = parseTrace(readFileSync(log, 'latin1'), root);
  if (!steps.some((step) => step.kind === 'say')) throw new Error(`The workload did nothing: ${stderr.slice(-2_000)}`);
  return steps;
}

type Walk = { readonly root: string; readonly seed: number; readonly wanted: number; readonly seals: boolean };

async function walk(steps: readonly TraceStep[], model: DiskModel, { root, seed, wanted, seals }: Walk): Promise<StatesOutcome> {
  const random = createRandom(seed);
  const syncs = steps.filter(({ kind }) => kind === 'sync');
  const seen = new Set<string>();
  const faults: string[] = [];
  const byMode: Record<string, number> = {};
  const place = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'steno-state-'));
  for (let attempt = 0; seen.size < wanted && attempt < wanted * 20; attempt += 1) {
    // Just before a sync is over, the most hangs in the air.
    const among = random() < 0.5 ? steps : syncs;
    const step = among[Math.floor(random() * among.length)]!;
    const crash: Crash = { at: random() < 0.5 ? step.end : step.end - 1, mode: modes[Math.floor(random() * modes.length)]! };
    const isDamaged = !seals && crash.mode === 'process' && random() < damagedShare;
    const state = model.stateAfter(crash, random);
    const digest = digestOf(state) + (isDamaged ? String(random()) : '');
    if (seen.has(digest)) continue;
    seen.add(digest);
    const name = isDamaged ? 'damaged' : crash.mode;
    byMode[name] = (byMode[name] ?? 0) + 1;
    const directory = join(place, 'data');
    writeState(state, root, directory);
    const said = saidAt(steps, crash.at);
    const found = isDamaged
      ? await checkDamage(directory, random)
      : await (seals ? checkSealedState(directory, said) : checkState(directory, said, seen.size % exportEvery === 0));
    faults.push(...found.map((fault) => `${JSON.stringify(crash)}: ${fault}`));
    rmSync(directory, { recursive: true, force: true });
  }
  rmSync(place, { recursive: true, force: true });
  return { steps: steps.length, states: seen.size, byMode, faults };
}

/** The alarm is raised exactly when what is damaged had been durable. */
async function checkDamage(directory: string, random: () => number): Promise<string[]> {
  const mustAlarm = damage(directory, random);
  if (mustAlarm === undefined) return [];
  const nothing: Said = { intents: new Set(), ends: new Set(), owners: new Set(), bodies: new Map() };
  const faults = await checkState(directory, nothing, false);
  const isAlarmed = faults.some((fault) => fault.startsWith('it did not start: The journal is damaged'));
  return isAlarmed === mustAlarm ? [] : [mustAlarm ? 'damage before the durable point went unnoticed' : `a torn tail: ${faults[0]}`];
}

function saidAt(steps: readonly TraceStep[], at: number): Said {
  const intents = new Set<string>();
  const ends = new Set<string>();
  const owners = new Set<string>();
  const bodies = new Map<string, string>();
  for (const step of steps) {
    if (step.kind !== 'say' || step.start > at) continue;
    const [kind, id, digest] = step.text.trim().split(' ') as [string, string, string];
    if (kind === 'C') bodies.set(id, digest);
    if (step.end > at) continue;
    if (kind === 'I') intents.add(id);
    if (kind === 'E') ends.add(id);
    if (kind === 'O') owners.add(id);
  }
  return { intents, ends, owners, bodies };
}

function digestOf(state: DiskState): string {
  const hash = createHash('sha256');
  for (const [path, content] of state) hash.update(`${path}\0${content?.length ?? 'directory'}\0`).update(content ?? '');
  return hash.digest('hex');
}

function writeState(state: DiskState, root: string, directory: string): void {
  mkdirSync(directory, { mode: 0o700 });
  for (const [path, content] of state) {
    const target = join(directory, relative(root, path));
    if (content === undefined) mkdirSync(target, { mode: 0o700 });
    else writeFileSync(target, content, { mode: 0o600 });
  }
}
