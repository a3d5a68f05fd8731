import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openRecording, type Recording, readManifest } from '../archive/open-recording.ts';
import { manifestName, type RecordingManifest, recordingFolder } from '../archive/recording-manifest.ts';
import { reviseRecording, superseded } from '../archive/revise-recording.ts';
import { stagingFolder } from '../archive/seal-session.ts';
import { sweepNames } from '../archive/sweep-names.ts';
import { SOFTWARE } from '../record/software.ts';
import { isLocked } from '../store/object-lock.ts';
import { type Act, fileOf, holdsOf, type LifecycleContext, scrub } from './lifecycle-context.ts';
import { LifecycleRefused } from './lifecycle-refused.ts';
import type { PendingAct } from './pending-acts.ts';
import { recordingMembers } from './recording-members.ts';
import { redactMembers } from './redact-members.ts';
import { describeRedaction, type Redaction } from './redaction.ts';
import { rekeySubject } from './rekey-subject.ts';
import { SessionSource } from './session-source.ts';

type PendingRedaction = Extract<PendingAct, { kind: 'redaction' }>;

export type RedactedRecording = {
  readonly sessionId: string;
  readonly revision: number;
  readonly digests: number;
  readonly also: readonly string[];
  readonly remains: readonly string[];
  /** Objects of the revision before that a retention date keeps in the store: under a key that is no more, and deleted as soon as they may be. */
  readonly locked: readonly string[];
  readonly receipt: string;
};

/** Writes a new revision of a sealed recording without what is to be taken out, and removes the one before. Throws LifecycleRefused. */
export async function redactRecording(
  context: LifecycleContext,
  sessionId: string,
  redactions: readonly Redaction[],
  { by, reason }: Act,
): Promise<RedactedRecording> {
  const { archive, recorder, pending } = context;
  const recording = openSealed(context, sessionId);
  const { manifest } = recording;
  refuseHeld(holdsOf(manifest, context), `Session ${manifest.name}`);
  const folder = join(stagingFolder(archive.directory), `redact-${sessionId}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const source = SessionSource.ofRecording(recordingMembers(recording), manifest.software);
    const redacted = await redactMembers(source, redactions, folder);
    const why = reason ?? redactions.map(describeRedaction).join(', ');
    const at = context.now().toISOString();
    const revision = manifest.revision + 1;
    const { number } = manifest;
    const act: PendingRedaction = {
      kind: 'redaction',
      id: randomUUID(),
      by,
      reason: why,
      at,
      sessionId,
      number,
      revision,
      redactions: [...redactions],
      digests: [...redacted.digests],
      ...((await isLockedIn(context, manifest)) ? { rekey: manifest.principal.keyId } : {}),
    };
    pending.save(act);
    // After a crash they are swept unless the newest revision still names them.
    archive.index.announce(manifest.files.map((file) => file.object));
    let entered = act;
    const revised = await reviseRecording(archive, sessionId, {
      rebuild: async () => redacted.members,
      custody: { action: 'redacted', by, tool: SOFTWARE, at, reason: why, redacted: [...redacted.digests] },
      enter: async (entry) => {
        entered = await enterRedaction(context, act);
        return await recorder.enter(entry);
      },
    });
    const receipt = await finishRedaction(context, entered);
    return {
      sessionId,
      revision: archive.index.byId(sessionId)?.manifest.revision ?? revision,
      digests: redacted.digests.length,
      also: redacted.also,
      remains: redacted.remains,
      locked: revised?.locked ?? [],
      receipt,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export type RedactionPreview = Pick<RedactedRecording, 'sessionId' | 'also' | 'remains'> & {
  /** How many values, chunks and columns would be gone. */
  readonly digests: number;
  /** The old revision would stay in the store until then, unreadable: every recording of the subject would get a fresh key. */
  readonly lockedUntil: Date | undefined;
  /** Names of the holds that keep it from happening. */
  readonly heldBy: readonly string[];
};

/** What a redaction would take out, where else the same text stands, and what is in its way. Changes nothing. Throws LifecycleRefused. */
export async function previewRedaction(
  context: LifecycleContext,
  sessionId: string,
  redactions: readonly Redaction[],
): Promise<RedactionPreview> {
  const { archive } = context;
  const recording = openSealed(context, sessionId);
  const { manifest } = recording;
  const folder = join(stagingFolder(archive.directory), `preview-${sessionId}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const source = SessionSource.ofRecording(recordingMembers(recording), manifest.software);
    const { digests, also, remains } = await redactMembers(source, redactions, folder);
    const facts = await archive.store.head(manifestName(manifest, manifest.revision));
    const lockedUntil = facts !== undefined && isLocked(facts) ? facts.retainUntil : undefined;
    return { sessionId, digests: digests.length, also, remains, lockedUntil, heldBy: holdsOf(manifest, context) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openSealed({ archive }: LifecycleContext, sessionId: string): Recording {
  const recording = openRecording(archive, sessionId);
  if (recording !== undefined) return recording;
  throw new LifecycleRefused('SESSION_UNKNOWN', `There is no sealed session ${sessionId}: "steno sessions" lists them.`);
}

/** While a retention date or a hold is on the old revision, its bytes stay where they are. */
async function isLockedIn({ archive }: LifecycleContext, manifest: RecordingManifest): Promise<boolean> {
  const facts = await archive.store.head(manifestName(manifest, manifest.revision));
  return facts !== undefined && isLocked(facts);
}

export async function enterRedaction({ recorder, pending }: LifecycleContext, act: PendingRedaction): Promise<PendingRedaction> {
  const { sessionId, revision, digests, by, reason } = act;
  const entry = await recorder.enter({ kind: 'redaction', sessionId, revision, digests, by, reason });
  const entered = { ...act, entry: { ...entry } };
  pending.save(entered);
  return entered;
}

/** The new revision is durable and in the log: what the old one left goes, from the store and from the journal. */
export async function finishRedaction(context: LifecycleContext, act: PendingRedaction): Promise<string> {
  const { number, rekey } = act;
  if (rekey !== undefined) await rekeySubject(context, rekey);
  await scrub(context, [number]);
  await sweepOlder(context, act);
  const receipt = fileOf(context.receipts.write([{ ...act.entry!, digests: act.digests }]));
  context.pending.remove(act);
  return receipt;
}

/** Mostly gone already: what a store that failed meanwhile kept of older revisions, objects first, each manifest last. What is locked is deferred. */
async function sweepOlder({ archive }: LifecycleContext, place: Pick<PendingRedaction, 'number' | 'sessionId'>): Promise<void> {
  const { index, store } = archive;
  const newest = index.byId(place.sessionId)?.manifest;
  if (newest === undefined) return;
  const older: string[] = [];
  for await (const { name } of store.list(recordingFolder(place))) if (name !== manifestName(newest, newest.revision)) older.push(name);
  for (const name of older) await sweepNames(archive, superseded((await readManifest(store, name)).manifest, newest));
}

export function refuseHeld(holds: readonly string[], what: string): void {
  if (holds.length === 0) return;
  const names = holds.map((name) => `"${name}"`).join(', ');
  throw new LifecycleRefused(
    'UNDER_HOLD',
    `${what} is under the hold ${names}: lift it first (steno hold lift NAME), if whoever placed it agrees.`,
  );
}
