import { rmSync } from 'node:fs';
import type { Archive } from '../archive/archive.ts';
import type { RecordingManifest } from '../archive/recording-manifest.ts';
import type { RetentionConfig } from '../config-retention.ts';
import type { CatalogFollower } from '../record/catalog-follower.ts';
import { segmentId } from '../record/list-segments.ts';
import type { Recorder } from '../record/recorder.ts';
import type { HeldRecording } from './hold.ts';
import type { HoldRegister } from './hold-register.ts';
import type { PendingActs } from './pending-acts.ts';
import type { ReceiptFile, Receipts } from './receipts.ts';
import { scrubJournal } from './scrub-journal.ts';

export type Subject = { readonly issuer: string; readonly subject: string };

/** What acts upon recordings need of the gateway around them. */
export type LifecycleParts = {
  readonly archive: Archive;
  readonly retention: RetentionConfig | undefined;
  readonly recorder: Pick<Recorder, 'enter' | 'turnSegment'>;
  /** Seals every session that is closed; one round of the sealer, and no other meanwhile. */
  readonly seal: () => Promise<unknown>;
  /** Ends an open session of the gateway. */
  readonly closeSession: (sessionId: string) => Promise<unknown>;
  /** Takes a person or an agent out of whatever else the gateway remembers. */
  readonly forget?: ((subject: Subject) => Promise<void>) | undefined;
  /** Shared with who decides about recordings that are being sealed. */
  readonly holds?: HoldRegister | undefined;
  /** Shared with who waits for seals. */
  readonly catalog?: CatalogFollower | undefined;
  readonly now?: (() => Date) | undefined;
};

export type LifecycleContext = LifecycleParts & {
  readonly holds: HoldRegister;
  readonly receipts: Receipts;
  readonly pending: PendingActs;
  readonly catalog: CatalogFollower;
  readonly now: () => Date;
};

/** Who does something, and why: stands in the log and in the receipt. */
export type Act = { readonly by: string; readonly reason?: string | undefined };

export const toHeld = (manifest: RecordingManifest, { archive }: Pick<LifecycleContext, 'archive'>): HeldRecording => ({
  sessionId: manifest.sessionId,
  connections: manifest.connections,
  startedAt: manifest.startedAt,
  closedAt: manifest.closedAt,
  isOf: (principal) => archive.keys.find(principal)?.id === manifest.principal.keyId,
});

export const holdsOf = (manifest: RecordingManifest, context: Pick<LifecycleContext, 'archive' | 'holds'>): string[] =>
  context.holds.covering(toHeld(manifest, context)).map((hold) => hold.name);

/** Leaves no byte of these sessions in the journal. They are sealed, or are not to be. */
export async function scrub(
  { archive, recorder, catalog }: Pick<LifecycleContext, 'archive' | 'recorder' | 'catalog'>,
  numbers: readonly number[],
): Promise<void> {
  const { directory } = archive;
  const isIn = ({ ranges }: { ranges: (session: number) => readonly number[] }): boolean =>
    numbers.some((number) => ranges(number).length > 0);
  const { segments } = catalog.read();
  if (segments.some((segment) => !segment.isFinished && isIn(segment))) await recorder.turnSegment();
  const files = segments.filter(isIn).map((segment) => segment.file);
  scrubJournal(directory, new Set(numbers), files);
  // The sealing thread may have let go of a segment while it was rewritten: then it must not come back.
  const retired = new Set(archive.index.retired().map(({ segment }) => segment));
  for (const file of files) if (retired.has(segmentId(file))) rmSync(file, { force: true });
}

export const fileOf = ([receipt]: readonly ReceiptFile[]): string => receipt!.file;
