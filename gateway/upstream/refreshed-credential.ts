import { Refusal } from '../errors.ts';
import type { Credential } from './credential.ts';

const refreshAheadMs = 5 * 60_000;
const retryAfterMs = 2_000;
/** Of Node's timers: 2³¹ - 1 ms. */
const longestTimerMs = 2_147_483_647;

/** An OAuth access token, and when it ends (milliseconds since the epoch). */
export type AccessToken = { readonly token: string; readonly expiresAt: number };

/** Access tokens of one source, asked for ahead of need and once for all who wait. */
export class RefreshedCredential implements Credential {
  readonly #fetchToken: () => Promise<AccessToken>;
  #header = '';
  #expiresAt = 0;
  #triedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<string> | undefined;
  #forgetting: NodeJS.Timeout | undefined;

  constructor(fetchToken: () => Promise<AccessToken>) {
    this.#fetchToken = fetchToken;
  }

  authorization(): string | Promise<string> {
    const left = this.#expiresAt - Date.now();
    if (left > refreshAheadMs) return this.#header;
    if (left <= 0) return this.#ask();
    // A failure now is no harm while the old token holds; who needs a new one will hear of it.
    if (Date.now() - this.#triedAt > retryAfterMs) this.#ask().catch(() => undefined);
    return this.#header;
  }

  #ask(): Promise<string> {
    this.#asking ??= this.#refresh().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #refresh(): Promise<string> {
    this.#triedAt = Date.now();
    try {
      const { token, expiresAt } = await this.#fetchToken();
      this.#header = `Bearer ${token}`;
      this.#expiresAt = expiresAt;
      this.#forgetAt(expiresAt);
      return this.#header;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal('UPSTREAM_NO_CREDENTIAL', { why: (error as Error).message.slice(0, 200) });
    }
  }

  /** Nobody needs it then, and a dump of the memory need not hold it. */
  #forgetAt(expiresAt: number): void {
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(
      () => {
        this.#header = '';
      },
      Math.min(Math.max(expiresAt - Date.now(), 0), longestTimerMs),
    ).unref();
  }
}
