import type { Digest } from './durable-file.ts';
import { toWholeSecond } from './object-name.ts';
import type { ObjectFacts, PutOptions } from './recording-store.ts';

export type Lock = Pick<ObjectFacts, 'retainUntil' | 'legalHold'>;

export const isLocked = ({ retainUntil, legalHold }: Lock): boolean =>
  legalHold || (retainUntil !== undefined && retainUntil.getTime() > Date.now());

export const newFacts = (name: string, { sha256, bytes }: Digest, options: PutOptions): ObjectFacts =>
  strengthen<ObjectFacts>({ name, bytes, sha256, legalHold: false }, options);

/** Locks only grow: the later date, unless it has passed already, and a hold that is asked for. The same value when nothing grew. */
export function strengthen<Locked extends Lock>(lock: Locked, { retainUntil, legalHold }: PutOptions): Locked {
  const until = retainUntil === undefined ? undefined : toWholeSecond(retainUntil);
  const longer = until !== undefined && until.getTime() > Math.max(Date.now(), lock.retainUntil?.getTime() ?? 0);
  const held = legalHold === true && !lock.legalHold;
  if (!longer && !held) return lock;
  return { ...lock, ...(longer ? { retainUntil: until } : {}), ...(held ? { legalHold: true } : {}) };
}
