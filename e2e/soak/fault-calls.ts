import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { segmentName } from '../../gateway/record/segment-file.ts';
import { checkState, type Said } from './states/check-state.ts';

/** `short`: the call does a part of its work; the others fail, or the process dies at the call. */
export type Effect = 'error=EIO' | 'error=ENOSPC' | 'signal=KILL' | 'short';

/** Life 0 begins in an empty directory; life 1 recovers what life 0 left. */
export type Fault = { readonly life: 0 | 1; readonly call: string; readonly effect: Effect; readonly nth: number };

const calls = ['openat', 'write', 'pwrite64', 'pwritev', 'fsync', 'fdatasync', 'link', 'rename', 'unlink', 'mkdir', 'ftruncate', 'close'];
const effects = ['error=EIO', 'error=ENOSPC', 'signal=KILL'] as const;
const workload = join(import.meta.dirname, 'states/workload.ts');
const shortWrites = join(import.meta.dirname, 'states/short-writes.ts');
const timeoutMs = 120_000;
/** A killed process may hold its locks for as long as a thread of it waits for the disk. */
const longestDeathMs = 20_000;

/** A recorder whose Nth system call on one of its own files goes wrong. Needs strace. */
export class FaultyCalls {
  readonly #folder = mkdtempSync(join(tmpdir(), 'steno-calls-'));
  readonly #directory = join(this.#folder, 'data');
  readonly #log = join(this.#folder, 'trace');
  readonly #seed: number;
  #firstLife = '';

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Every fault there can be: each call of both lives, with each effect. */
  all(): Fault[] {
    const faults: Fault[] = [];
    for (const life of [0, 1] as const) {
      this.#prepare(life);
      const output = this.#run(life, ['-e', `trace=${calls.join(',')}`]);
      if (life === 0) this.#keepFirstLife(output);
      const trace = readFileSync(this.#log, 'latin1');
      for (const call of calls) {
        const count = [...trace.matchAll(new RegExp(`^\\d+ +${call}\\(`, 'gm'))].length;
        for (let nth = 1; nth <= count; nth += 1) faults.push(...effects.map((effect) => ({ life, call, effect, nth })));
        if (call === 'pwritev') for (let nth = 1; nth <= count; nth += 1) faults.push({ life, call, effect: 'short', nth });
      }
    }
    return faults;
  }

  /** What it broke; nothing, if every promise was kept. */
  async inject({ life, call, effect, nth }: Fault): Promise<string[]> {
    this.#prepare(life);
    const words = effect === 'short' ? ['-e', 'trace=none'] : ['-e', `trace=${call}`, '-e', `inject=${call}:${effect}:when=${nth}`];
    const output = this.#run(life, words, effect === 'short' ? nth : undefined);
    const said = toSaid((life === 0 ? '' : this.#firstLife) + output);
    for (const end = Date.now() + longestDeathMs; ; await pause(100)) {
      const faults = await checkState(this.#directory, said, false);
      if (Date.now() > end || !faults[0]?.startsWith('it did not start: Another gateway')) return faults;
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #prepare(life: 0 | 1): void {
    rmSync(this.#directory, { recursive: true, force: true });
    if (life === 1) cpSync(join(this.#folder, 'first'), this.#directory, { recursive: true });
    else mkdirSync(this.#directory, { mode: 0o700 });
  }

  #keepFirstLife(output: string): void {
    this.#firstLife = output;
    cpSync(this.#directory, join(this.#folder, 'first'), { recursive: true });
  }

  #run(life: 0 | 1, words: readonly string[], short?: number): string {
    const paths = pathsOf(this.#directory).flatMap((path) => ['-P', path]);
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', ...(short === undefined ? [] : ['--import', shortWrites])];
    const command = [
      '-f',
      '-qq',
      '-o',
      this.#log,
      ...paths,
      ...words,
      ...node,
      workload,
      this.#directory,
      String(this.#seed),
      String(life),
    ];
    const env = { ...process.env, ...(short === undefined ? {} : { SHORT_WRITE: String(short) }) };
    const { error, stdout } = spawnSync('strace', command, { encoding: 'utf8', env, timeout: timeoutMs, killSignal: 'SIGKILL' });
    if (error !== undefined && (error as NodeJS.ErrnoException).code !== 'ETIMEDOUT') throw error;
    return stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const hasStrace = (): boolean => spawnSync('strace', ['-V'], { stdio: 'ignore' }).error === undefined && existsSync('/proc');

/** Names are told to strace beforehand. */
function pathsOf(directory: string): string[] {
  const own = [
    '',
    'journal',
    'keys',
    'keys/writer.key',
    'quarantine',
    'reserve',
    'lease.db',
    'lease.db-journal',
    'ledger.sqlite',
    'ledger.sqlite-wal',
  ];
  const segments = [1, 2].flatMap((epoch) => Array.from({ length: 16 }, (_, index) => `journal/${segmentName(epoch, index + 1)}`));
  return [...own, ...segments].map((name) => join(directory, name));
}

function toSaid(output: string): Said {
  const said = { intents: new Set<string>(), ends: new Set<string>(), owners: new Set<string>(), bodies: new Map<string, string>() };
  for (const line of output.split('\n')) {
    const [kind, id = '', digest = ''] = line.split(' ');
    if (kind === 'I') said.intents.add(id);
    if (kind === 'E') said.ends.add(id);
    if (kind === 'O') said.owners.add(id);
    if (kind === 'C') said.bodies.set(id, digest);
  }
  return said;
}
