import { setTimeout as delay } from 'node:timers/promises';
import type { Recorder } from '../recorder.ts';
import { aSession } from './an-exchange.ts';
import { tell } from './tell.ts';
import { tellExchange } from './tell-exchange.ts';

export type Load = {
  readonly random: () => number;
  readonly agents: number;
  /** Most bodies are far smaller. */
  readonly largestBodyBytes: number;
  /** How long a session stays open. */
  readonly sessionMs: number;
  /** The longest an agent waits between two exchanges; not at all unless told. */
  readonly pauseMs?: number;
};

/** Agents who record one exchange after the other, in sessions that are closed under them. Says `R`, and then what `tellExchange` says. */
export async function recordUntilKilled(recorder: Recorder, load: Load): Promise<never> {
  let session = aSession(recorder);
  tell('R');

  async function agent(): Promise<never> {
    for (;;) {
      await tellExchange(recorder, session, { bodyBytes: Math.floor(load.random() ** 4 * load.largestBodyBytes) });
      if (load.pauseMs !== undefined) await delay(load.random() * load.pauseMs);
    }
  }

  async function turnSessions(): Promise<never> {
    for (;;) {
      await delay(load.sessionMs);
      const before = session;
      session = aSession(recorder, `session ${Math.floor(load.random() * 1_000)}`);
      await recorder.closeSession(before, 'rolled over');
    }
  }

  return await Promise.race([turnSessions(), ...Array.from({ length: load.agents }, agent)]);
}
