import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../shared/base/canonical-json.ts';
import { saltedDigest } from '../../shared/bundle/receipt.ts';
import { writeDurably } from '../durable/write-durably.ts';
import type { Recorder } from '../record/recorder.ts';
import { covers, type HeldRecording, type Hold, type HoldScope, holdSchema } from './hold.ts';
import { LifecycleRefused } from './lifecycle-refused.ts';

export type HoldRequest = { readonly name: string; readonly scope: HoldScope; readonly by: string; readonly reason?: string | undefined };

/**
 * The standing holds, in `retention/holds.json` of the data directory. A hold stands from the moment it is in the file, before its leaf is in the log,
 * and until its lifting is in the log: a crash leaves more held than asked for, never less.
 */
export class HoldRegister {
  readonly #file: string;
  #holds: readonly Hold[];

  constructor(dataDirectory: string) {
    this.#file = join(dataDirectory, 'retention', 'holds.json');
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    this.#holds = readHolds(this.#file);
  }

  get all(): readonly Hold[] {
    return this.#holds;
  }

  covering(recording: HeldRecording): Hold[] {
    return this.#holds.filter((hold) => covers(hold.scope, recording));
  }

  /** Throws LifecycleRefused when a hold of this name stands. */
  async place({ name, scope, by, reason }: HoldRequest, now: Date, recorder: Pick<Recorder, 'enter'>): Promise<Hold> {
    if (this.#holds.some((hold) => hold.name === name))
      throw new LifecycleRefused('HOLD_EXISTS', `A hold called "${name}" stands already: lift it first, or choose another name.`);
    const hold: Hold = {
      holdId: randomUUID(),
      name,
      scope,
      salt: randomBytes(16).toString('hex'),
      by,
      ...(reason === undefined ? {} : { reason }),
      placedAt: now.toISOString(),
      sessions: [],
    };
    this.#save([...this.#holds, hold]);
    return await this.#enter(hold, recorder);
  }

  /** Writes the leaves that a crash kept from being written. */
  async complete(recorder: Pick<Recorder, 'enter'>): Promise<void> {
    for (const hold of this.#holds) if (hold.placed === undefined) await this.#enter(hold, recorder);
  }

  /** Remembers that the store holds a recording because of a hold. */
  remember(holdId: string, sessionId: string): void {
    this.#replace(holdId, (hold) => ({ ...hold, sessions: [...new Set([...hold.sessions, sessionId])] }));
  }

  /** After its lifting is in the log. */
  remove(holdId: string): void {
    this.#save(this.#holds.filter((hold) => hold.holdId !== holdId));
  }

  /** By name or id. Throws LifecycleRefused. */
  find(wanted: string): Hold {
    const found = this.#holds.find((hold) => hold.name === wanted || hold.holdId === wanted);
    if (found !== undefined) return found;
    const known = this.#holds.map((hold) => hold.name).join(', ') || 'none';
    throw new LifecycleRefused('HOLD_UNKNOWN', `No standing hold is called "${wanted}". Standing: ${known}.`);
  }

  async #enter(hold: Hold, recorder: Pick<Recorder, 'enter'>): Promise<Hold> {
    const { holdId, by, reason } = hold;
    const placed = await recorder.enter({ kind: 'hold', holdId, scope: scopeDigest(hold), state: 'placed', by, reason });
    return this.#replace(holdId, (each) => ({ ...each, placed: { ...placed } }));
  }

  #replace(holdId: string, change: (hold: Hold) => Hold): Hold {
    this.#save(this.#holds.map((hold) => (hold.holdId === holdId ? change(hold) : hold)));
    return this.#holds.find((hold) => hold.holdId === holdId)!;
  }

  #save(holds: readonly Hold[]): void {
    writeDurably(this.#file, `${JSON.stringify(holds, undefined, 1)}\n`);
    this.#holds = holds;
  }
}

/** What the writer log names in place of the scope. */
export const scopeDigest = ({ salt, scope }: Hold): string => saltedDigest(salt, 'hold-scope', JSON.parse(canonicalJson(scope)));

/** A file that cannot be read as holds stops everything: nobody may conclude that nothing is held. */
function readHolds(file: string): Hold[] {
  if (!existsSync(file)) return [];
  try {
    return z.array(holdSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file} does not hold the standing holds: put the right file back from a backup; nothing is deleted until then.`, {
      cause: error,
    });
  }
}
