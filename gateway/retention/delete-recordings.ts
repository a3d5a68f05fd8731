import { randomUUID } from 'node:crypto';
import { recordingFolder } from '../archive/recording-manifest.ts';
import { type Act, fileOf, holdsOf, type LifecycleContext, scrub } from './lifecycle-context.ts';
import type { PendingAct } from './pending-acts.ts';
import { classOf, type Plan, type PlannedDeletion, planDeletions, type StoredRecording } from './plan-deletions.ts';
import { digestsOf, readRecordings } from './read-recordings.ts';
import { retainUntil } from './retention-rules.ts';

type Deletion = Extract<PendingAct, { kind: 'retention' }>;

export type DeletionRun = {
  readonly deleted: readonly (PlannedDeletion & { readonly receipt: string })[];
  readonly held: readonly PlannedDeletion[];
  /** Entered in the log, and to be tried again: the store was not to be reached, or has them locked. */
  readonly unfinished: readonly { readonly sessionId: string; readonly why: string }[];
};

/** Leaves that wait for the disk together. */
const BATCH = 32;

/** What a sweep at a moment would do, as things stand. */
export async function previewDeletions(context: LifecycleContext, at: Date): Promise<Plan> {
  return toPlan(context, await readRecordings(context.archive), at);
}

/** Deletes what has expired: the log says so first, then salts go, then everything else. */
export async function runDeletions(context: LifecycleContext, act: Act): Promise<DeletionRun> {
  const recordings = await readRecordings(context.archive);
  await lengthenLocks(context, recordings);
  const plan = toPlan(context, recordings, context.now());
  const byId = new Map(recordings.map((recording) => [recording.manifest.sessionId, recording]));
  const deleted: (PlannedDeletion & { receipt: string })[] = [];
  const unfinished: { sessionId: string; why: string }[] = [];
  for (let from = 0; from < plan.deletions.length; from += BATCH) {
    const batch = plan.deletions.slice(from, from + BATCH);
    const begun = await Promise.all(batch.map((planned) => begin(context, byId.get(planned.sessionId)!, planned, act)));
    await scrub(
      context,
      begun.map((each) => each.number),
    );
    for (const [index, each] of begun.entries()) {
      const planned = batch[index]!;
      try {
        deleted.push({ ...planned, receipt: await finishDeletion(context, each) });
      } catch (error) {
        unfinished.push({ sessionId: planned.sessionId, why: (error as Error).message });
      }
    }
  }
  return { deleted, held: plan.held, unfinished };
}

function toPlan(context: LifecycleContext, recordings: readonly StoredRecording[], at: Date): Plan {
  return planDeletions({ recordings, config: context.retention, at, holdsOf: ({ manifest }) => holdsOf(manifest, context) });
}

/** A rule that became longer locks what is there already; one that became shorter unlocks nothing. */
async function lengthenLocks({ archive, retention }: LifecycleContext, recordings: readonly StoredRecording[]): Promise<void> {
  for (const { manifest, manifests, objects, lockedUntil } of recordings) {
    const until = retention && retainUntil(classOf(manifest, retention), new Date(manifest.closedAt));
    // A store rounds up to the second; what is locked at all was locked to such a second.
    if (until === undefined || (lockedUntil !== undefined && lockedUntil >= until)) continue;
    if (until.getTime() <= Date.now()) continue;
    for (const name of [...objects.map((object) => object.name), ...manifests]) await archive.store.retain(name, until);
  }
}

async function begin(
  context: LifecycleContext,
  recording: StoredRecording,
  planned: PlannedDeletion,
  { by, reason }: Act,
): Promise<Deletion> {
  const { sessionId, number, rule } = planned;
  const act: Deletion = {
    kind: 'retention',
    id: randomUUID(),
    by,
    reason: reason ?? `kept ${planned.keep} by ${rule}, until ${planned.expiresAt}`,
    at: context.now().toISOString(),
    sessionId,
    number,
    rule,
    digests: digestsOf(recording),
    objects: recording.objects.map((object) => object.name),
  };
  context.pending.save(act);
  const entry = await context.recorder.enter({ kind: 'retention', sessionId, rule, digests: act.digests, by, reason: act.reason });
  const entered = { ...act, entry: { ...entry } };
  context.pending.save(entered);
  return entered;
}

/** From the entry in the log to the receipt; every step may be done again. Throws ObjectLocked and StoreUnavailable. */
export async function finishDeletion(context: LifecycleContext, act: Deletion): Promise<string> {
  const { store, index } = context.archive;
  const { sessionId, number } = act;
  for (const object of act.objects) await store.delete(object);
  const manifests: string[] = [];
  for await (const { name } of store.list(recordingFolder({ number, sessionId }))) manifests.push(name);
  for (const name of manifests) await store.delete(name);
  index.markDeleted(sessionId);
  const receipt = fileOf(context.receipts.write([{ ...act.entry!, digests: act.digests }]));
  context.pending.remove(act);
  return receipt;
}
