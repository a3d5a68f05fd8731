/** A sync that takes longer is not waited for on the spot again … */
const QUICK_MS = 1;
/** … for this time. */
const SLOW_FOR_MS = 10_000;

/**
 * Whether one exchange alone may have its sync waited for on the spot: on a quick disk a thread and its wake-ups take longer than the sync. On a slow one it
 * would hold up everybody else; that is found out by one sync in ten seconds at most.
 */
export class SyncPace {
  readonly #now: () => number;
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
    if (end - begin > QUICK_MS) this.#slowUntil = end + SLOW_FOR_MS;
  }
}
