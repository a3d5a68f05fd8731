/** Turns of the event loop that a sync waits at most for others to share it. */
const GATHER_TURNS = 2;

/** Those who wait for one sync, or for room in the queue. */
export class SyncWaiters {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  /** Bytes of the journal that must be durable for all of them. */
  upTo = 0;
  count = 0;
  #turnsLeft = GATHER_TURNS;
  #isGathering = false;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    this.promise = promise;
    this.resolve = resolve;
    this.reject = reject;
  }

  join(upTo: number): Promise<void> {
    this.upTo = upTo;
    this.count += 1;
    return this.promise;
  }

  /**
   * True while more of them may come within the next turns of the event loop: what a sync costs is its own wake-ups, not the bytes. Then `then` is
   * called when it is time to ask again. Where the last sync was for one alone, nobody is kept waiting.
   */
  gathers(lastCount: number, then: () => void): boolean {
    if (this.#isGathering) return true;
    if (lastCount < 2 || this.#turnsLeft === 0) return false;
    this.#isGathering = true;
    const { count } = this;
    setImmediate(() => {
      this.#isGathering = false;
      this.#turnsLeft = this.count === count ? 0 : this.#turnsLeft - 1;
      then();
    });
    return true;
  }
}
