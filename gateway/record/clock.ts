import { RecorderDown } from './record-errors.ts';

/** How far the wall clock may step back before the recorder refuses to go on. */
const TOLERATED_STEP_MS = 5_000;

export type Stamp = { readonly at: string; readonly monoUs: number };

/** Wall time that never runs backwards, beside monotonic time since the writer opened. */
export class RecordClock {
  readonly #now: () => Date;
  readonly #monotonicUs: () => number;
  #latestMs: number;
  #latestText: string;

  /** `newest`: time of the newest record that is already there. */
  constructor(now: (() => Date) | undefined, newest: string | undefined, monotonicUs?: () => number) {
    const start = performance.now();
    this.#monotonicUs = monotonicUs ?? (() => Math.round((performance.now() - start) * 1000));
    this.#now = now ?? (() => new Date());
    this.#latestMs = newest === undefined ? 0 : Date.parse(newest);
    this.#latestText = new Date(this.#latestMs).toISOString();
  }

  stamp(): Stamp {
    const ms = this.#now().getTime();
    if (ms > this.#latestMs) {
      this.#latestMs = ms;
      this.#latestText = new Date(ms).toISOString();
    }
    return { at: this.#latestText, monoUs: this.#monotonicUs() };
  }

  /** Throws RecorderDown when the wall clock stands clearly before the newest record. */
  check(): void {
    const behind = this.#latestMs - this.#now().getTime();
    if (behind <= TOLERATED_STEP_MS) return;
    throw new RecorderDown(
      `The clock is ${Math.round(behind / 1000)} s behind the newest record (${this.#latestText}). Set the clock right.`,
    );
  }
}
