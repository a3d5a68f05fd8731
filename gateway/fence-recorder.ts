import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import type { Config } from './config.ts';
import { log } from './observe/log.ts';
import { RecorderDown } from './record/record-errors.ts';
import type { Recorder } from './record/recorder.ts';
import { openStore } from './store/open-store.ts';
import { claimWriter, type WriterClaim } from './store/writer-claim.ts';

/** A beat that hangs must not hide for long that the store is back. */
const impatience = { attempts: 2, connectMs: 3_000, answerMs: 10_000, idleMs: 10_000 };

/**
 * Where several gateways could be given one store, only the one that holds its claim records, and so only that one answers: the others say 503 before
 * anything goes to BigQuery. A store within the data directory has the lock of the data directory. Throws StoreClaimed, StoreUnavailable.
 */
export async function fenceRecorder(recorder: Recorder, config: Pick<Config, 'storage' | 'dataDirectory'>): Promise<Recorder> {
  if (config.storage === undefined) return recorder;
  const store = await openStore(config, impatience);
  const onWait = (holder: string, ms: number): void =>
    log.warn(`The gateway that last wrote to this store did not say that it ended: ${holder}. Waiting ${ms / 1000} s for a sign of it.`);
  const claim = await claimWriter(store, { ...describePlace(config.dataDirectory), onWait }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return fenced(recorder, claim, async () => {
    await claim.close();
    await store.close();
  });
}

/** Asks the claim before everything that begins something; what is under way ends. */
export function fenced(recorder: Recorder, claim: Pick<WriterClaim, 'refusal'>, release: () => Promise<void>): Recorder {
  const check = (): void => {
    const refusal = claim.refusal();
    if (refusal !== undefined) throw new RecorderDown(refusal);
  };
  return {
    openSession(session) {
      check();
      recorder.openSession(session);
    },
    open(intent) {
      check();
      return recorder.open(intent);
    },
    note: (note) => recorder.note(note),
    async enter(entry) {
      check();
      return recorder.enter(entry);
    },
    turnSegment: () => recorder.turnSegment(),
    closeSession: (sessionId, reason) => recorder.closeSession(sessionId, reason),
    async close() {
      await recorder.close();
      await release();
    },
    state() {
      const state = recorder.state();
      const reason = claim.refusal();
      return state.ready && reason !== undefined ? { ...state, ready: false, reason } : state;
    },
  };
}

/** `place` is the same again only on the same run of the same machine, in the same data directory: where the lease of that directory is proof enough. */
function describePlace(directory: string): { holder: string; place: string } {
  const { dev, ino } = statSync(directory);
  const place = createHash('sha256').update([bootId(), os.hostname(), directory, dev, ino].join('\0')).digest('hex');
  return { holder: `the one of ${directory} on ${os.hostname()} (process ${process.pid}, since ${new Date().toISOString()})`, place };
}

/** Where there is none, no two starts are at the same place. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `${process.pid}-${Date.now()}`;
  }
}
