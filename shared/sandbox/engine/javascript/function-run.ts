import { createInvalidQuery } from '../failure.ts';
import { createOutOfMemory, createTimedOut, type Fault, type FunctionLimits, type FunctionWorker, type Reply } from './function-worker.ts';
import type { Known, RegisteredFunction, ScriptResult } from './registered-function.ts';

/**
 * `direct`: DuckDB's calls are answered on the spot, for which this process waits some milliseconds; a function that is slower makes the statement start
 * again. `collect`: the arguments are noted, and answered NULL. `patient`: what is known is answered, the rest waited for, longer.
 */
export type RunMode = 'direct' | 'collect' | 'patient';

const WAIT_MS: Readonly<Record<Exclude<RunMode, 'collect'>, number>> = { direct: 40, patient: 500 };
const BATCH_CALLS = 256;
const BATCH_CHARACTERS = 4 * 2 ** 20;
/** Collected or remembered; while nothing is collected they may be forgotten at any time. */
const MAX_COLLECTED = 4_000_000;
const MAX_REMEMBERED = 50_000;

type FunctionState = { readonly registered: RegisteredFunction; readonly known: Map<string, Known>; readonly wanted: Set<string> };

/** Thrown into DuckDB where a function takes longer than a direct run may wait. */
export class TooSlow extends Error {}

/** The JavaScript functions of one statement while it runs, with a machine of their own. */
export class FunctionRun {
  readonly #worker: FunctionWorker;
  readonly #limits: FunctionLimits;
  readonly #states = new Map<string, FunctionState>();
  mode: RunMode = 'direct';
  isTooSlow = false;
  /** Calls that were answered NULL. */
  misses = 0;
  /** Why the statement fails, whatever DuckDB says. */
  failure: Error | undefined;

  constructor(worker: FunctionWorker, limits: FunctionLimits) {
    this.#worker = worker;
    this.#limits = limits;
  }

  async define(registered: RegisteredFunction, libraries: readonly string[]): Promise<void> {
    const request = { action: 'define', ...registered.definition, libraries } as const;
    this.#unwrap(registered, await this.#worker.ask(request, this.#limits.timeoutMs));
    this.#states.set(registered.id, { registered, known: new Map(), wanted: new Set() });
  }

  /** Called by DuckDB, on the thread everything else waits for. */
  answer(registered: RegisteredFunction, calls: readonly string[]): readonly Known[] {
    if (this.failure) throw this.failure;
    if (this.isTooSlow && this.mode === 'direct') throw new TooSlow();
    const state = this.#states.get(registered.id)!;
    if (registered.isVolatile) return this.#answerEach(state, calls);
    const unknown = [...new Set(calls)].filter((call) => !state.known.has(call));
    if (this.mode === 'collect') return this.#collect(state, calls, unknown);
    const fresh = new Map(unknown.length === 0 ? [] : this.#evaluateNow(state, unknown).map((known, index) => [unknown[index]!, known]));
    const answers = calls.map((call) => fresh.get(call) ?? state.known.get(call)!);
    if (this.mode === 'direct') remember(state, fresh);
    return answers;
  }

  /** Evaluates what was collected, while everybody else goes on. */
  async evaluateCollected(): Promise<void> {
    for (const state of this.#states.values()) {
      const calls = [...state.wanted];
      state.wanted.clear();
      for (const batch of toBatches(calls)) {
        const reply = await this.#worker.ask(toRequest(state, batch), this.#limits.timeoutMs);
        for (const [index, known] of this.#toKnown(state, reply).entries()) state.known.set(batch[index]!, known);
      }
    }
  }

  #answerEach(state: FunctionState, calls: readonly string[]): readonly Known[] {
    return this.mode === 'collect' ? calls.map(() => ({ value: null })) : this.#evaluateNow(state, calls);
  }

  #collect(state: FunctionState, calls: readonly string[], unknown: readonly string[]): readonly Known[] {
    for (const call of unknown) state.wanted.add(call);
    this.misses += unknown.length;
    if (state.known.size + state.wanted.size > MAX_COLLECTED) this.failure = createOutOfMemory();
    return calls.map((call) => state.known.get(call) ?? { value: null });
  }

  #evaluateNow(state: FunctionState, calls: readonly string[]): Known[] {
    const until = performance.now() + WAIT_MS[this.mode as 'direct' | 'patient'];
    return toBatches(calls, calls.length).flatMap((batch) => {
      const reply = this.#worker.askNow(toRequest(state, batch), Math.max(1, until - performance.now()));
      if (reply) return this.#toKnown(state, reply);
      if (this.mode === 'direct') this.isTooSlow = true;
      else this.failure = createTimedOut(WAIT_MS.patient);
      throw this.failure ?? new TooSlow();
    });
  }

  #toKnown({ registered }: FunctionState, reply: Reply): Known[] {
    const results = JSON.parse(this.#unwrap(registered, reply)) as readonly ScriptResult[];
    return results.map((result) => registered.toKnown(result));
  }

  #unwrap(registered: RegisteredFunction, { value, fault }: Reply): string {
    if (fault === undefined) return value ?? '';
    // The interpreter stopped because this side gave up on the call.
    if (this.mode === 'direct' && fault.message === 'interrupted') {
      this.isTooSlow = true;
      throw new TooSlow();
    }
    this.failure = this.#toError(registered, fault);
    throw this.failure;
  }

  #toError(registered: RegisteredFunction, { name, message, at, isForeign }: Fault): Error {
    if (message === 'interrupted') return createTimedOut(this.mode === 'patient' ? WAIT_MS.patient : this.#limits.timeoutMs);
    if (message === 'out of memory' || (isForeign && /memory|allocation/i.test(message))) return createOutOfMemory();
    if (isForeign) return createInvalidQuery(registered.describe('RangeError: Maximum call stack size exceeded', undefined));
    return createInvalidQuery(registered.describe(name === '' ? message : `${name}: ${message}`, at));
  }
}

const toRequest = ({ registered }: FunctionState, calls: readonly string[]) =>
  ({ action: 'call', id: registered.id, calls: `[${calls.join(',')}]` }) as const;

function remember({ known }: FunctionState, fresh: ReadonlyMap<string, Known>): void {
  if (known.size > MAX_REMEMBERED) known.clear();
  for (const [call, value] of fresh) known.set(call, value);
}

/** Few enough for the time a batch may take, and small enough to be copied. */
function* batchesOf(calls: readonly string[], maxCalls: number): Generator<string[]> {
  let [batch, characters]: [string[], number] = [[], 0];
  for (const call of calls) {
    if (batch.length === maxCalls || (characters > 0 && characters + call.length > BATCH_CHARACTERS)) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(call);
    characters += call.length;
  }
  if (batch.length > 0) yield batch;
}

const toBatches = (calls: readonly string[], maxCalls = BATCH_CALLS): string[][] => [...batchesOf(calls, maxCalls)];
