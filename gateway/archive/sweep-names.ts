import { ObjectLocked } from '../store/recording-store.ts';
import type { Archive } from './archive.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** No object is on its way into a store for so long, and acts that were cut short are finished within a day. */
const WEEK_MS = 168 * HOUR_MS;
/** Deletions of one round: what was locked on one day need not go in one second. */
const MAX_A_ROUND = 100;

/** Deletes what nobody names. Returns what is locked; it stays announced, and is due when its lock ends. */
export async function sweepNames({ store, index }: Pick<Archive, 'store' | 'index'>, names: readonly string[]): Promise<string[]> {
  const locked: string[] = [];
  for (const name of names) {
    try {
      if (!isInUse(index, name)) await store.delete(name);
      index.settle([name]);
    } catch (error) {
      if (!(error instanceof ObjectLocked)) throw error;
      index.defer([name], dueAfter(error));
      locked.push(name);
    }
  }
  return locked;
}

/**
 * Deletes what a lock kept in the store and keeps no longer, and what is left of acts that the store cut short: a round's worth of it. Where the store cannot
 * be asked, or grants no deletion, the same is due in an hour: sealing does not wait for it. Returns how many are gone. Throws StoreUnavailable.
 */
export async function sweepUnlocked(archive: Pick<Archive, 'store' | 'index'>): Promise<number> {
  const locked = archive.index.due(Date.now(), MAX_A_ROUND);
  const due = [...locked, ...archive.index.forgotten(Date.now() - WEEK_MS, MAX_A_ROUND - locked.length)];
  if (due.length === 0) return 0;
  try {
    return due.length - (await sweepNames(archive, due)).length;
  } catch (error) {
    const left = new Set([...archive.index.pending(), ...archive.index.due(Date.now(), MAX_A_ROUND)]);
    archive.index.defer(
      due.filter((name) => left.has(name)),
      Date.now() + HOUR_MS,
    );
    throw error;
  }
}

/** A hold may be lifted at any moment; a store whose clock is behind ours says no a while longer. */
function dueAfter({ retainUntil, legalHold }: ObjectLocked): number {
  return legalHold ? Date.now() + HOUR_MS : Math.max(retainUntil?.getTime() ?? 0, Date.now() + MINUTE_MS);
}

function isInUse(index: Archive['index'], name: string): boolean {
  const [, sessionId, revision] = /^recordings\/\d+-([0-9a-f-]{36})\/(\d+)\.json$/.exec(name) ?? [];
  if (sessionId === undefined) return index.isNamed(name);
  return index.byId(sessionId)?.manifest.revision === Number(revision);
}
