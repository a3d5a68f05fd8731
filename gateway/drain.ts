// How the gateway ends: what is under way finishes, what comes is refused, and what takes too long is cut off; all of it recorded.
import { type Place, Roster } from '../shared/base/roster.ts';
import type { Exchange } from './exchange.ts';

/** For an exchange that was cut off to reach its end in the record. */
const recordingMs = 5_000;

export class Drain {
  readonly #underWay = new Roster<Exchange>();
  #onEmpty: (() => void) | undefined;
  readonly #deadlineMs: number;
  #cutOff: () => void = () => undefined;
  readonly #isCutOff = new Promise<void>((resolve) => {
    this.#cutOff = resolve;
  });
  isClosing = false;

  /** `deadlineMs`: how long what is under way may take once the end has begun. */
  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  get count(): number {
    return this.#underWay.size;
  }

  enter(exchange: Exchange): Place<Exchange> {
    return this.#underWay.enter(exchange);
  }

  leave(place: Place<Exchange>): void {
    this.#underWay.leave(place);
    if (this.#underWay.size === 0) this.#onEmpty?.();
  }

  /** Nobody is to wait any longer. */
  hurry(): void {
    this.#cutOff();
  }

  /** Resolves when nothing is under way. */
  async finish(): Promise<void> {
    this.isClosing = true;
    for (const exchange of this.#underWay.members) closeAfterAnswer(exchange);
    const deadline = setTimeout(() => this.#cutOff(), this.#deadlineMs);
    await Promise.race([this.#settled(), this.#isCutOff]);
    clearTimeout(deadline);
    for (const exchange of this.#underWay.members) exchange.stop();
    await Promise.race([this.#settled(), new Promise((resolve) => setTimeout(resolve, recordingMs).unref())]);
  }

  /** Those that are refused meanwhile count too. */
  async #settled(): Promise<void> {
    while (this.#underWay.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }
}

/** A connection that is kept alive after its last answer would keep the server from closing. */
function closeAfterAnswer({ request, response, isGrpc }: Exchange): void {
  if (isGrpc) return;
  response.shouldKeepAlive = false;
  response.once('finish', () => request.socket.end());
}
