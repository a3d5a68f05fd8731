/** Syncs that take longer on average are not waited for on the spot … */
const QUICK_MS = 1;
/** … for this time. */
const SLOW_FOR_MS = 10_000;
/** What one sync counts in the average: a hiccup of a quick disk does not make it a slow one. */
const WEIGHT = 1 / 16;

/**
 * Whether one exchange alone may have its sync waited for on the spot: on a quick disk a thread and its wake-ups take longer than the sync. On a slow one it
 * would hold up everybody else; that is found out by a few syncs in ten seconds at most.
 */
export class SyncPace {
  readonly #now: () => number;
  #averageMs = 0;
  #slowUntil = 0;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  isQuick(): boolean {
    return this.#now() >= this.#slowUntil;
  }

  /** Runs a sync that is waited for on the spot. */
  time(sync: () => void): void {
    const begin = this.#now();
    sync();
    const end = this.#now();
    this.#averageMs += (end - begin - this.#averageMs) * WEIGHT;
    if (this.#averageMs <= QUICK_MS) return;
    this.#slowUntil = end + SLOW_FOR_MS;
    this.#averageMs = 0;
  }
}
