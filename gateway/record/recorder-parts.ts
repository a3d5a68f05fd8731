import type { Carry } from './carry.ts';
import type { RecordClock } from './clock.ts';
import type { DiskReserve } from './disk-reserve.ts';
import type { Escrow } from './escrow/open-escrow.ts';
import type { Journal } from './journal.ts';
import type { KeyRing } from './key-ring.ts';
import type { Salts } from './salts.ts';

/** What a recorder works with, each opened before it. */
export type RecorderParts = {
  readonly directory: string;
  readonly journal: Journal;
  readonly keys: KeyRing;
  readonly clock: RecordClock;
  readonly salts: Salts;
  readonly reserve: DiskReserve;
  readonly carry: Carry;
  readonly escrow: Escrow | undefined;
  readonly closedSessionIds: ReadonlySet<string>;
  readonly quarantinedBytes: number;
  readonly columnsEveryMs: number | undefined;
  readonly onSigned: ((checkpoint: string, closesSession: boolean) => void) | undefined;
  /** Lets go of the lease. */
  readonly release: () => void;
};
