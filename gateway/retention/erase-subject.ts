import { randomBytes, randomUUID } from 'node:crypto';
import { saltedDigest } from '../../shared/bundle/receipt.ts';
import type { RecordingManifest } from '../archive/recording-manifest.ts';
import type { CatalogSession } from '../record/journal-catalog.ts';
import { type Act, fileOf, holdsOf, type LifecycleContext, type Subject, scrub } from './lifecycle-context.ts';
import { LifecycleRefused } from './lifecycle-refused.ts';
import type { PendingAct } from './pending-acts.ts';
import { refuseHeld } from './redact-recording.ts';
import { removeQuarantine } from './scrub-journal.ts';

type PendingErasure = Extract<PendingAct, { kind: 'erasure' }>;

export type ErasedSubject = { readonly sessions: number; readonly closed: number; readonly receipt: string };

export type ErasureRequest = Subject &
  Act & { /** End sessions that are open instead of refusing. */ readonly closeOpen?: boolean | undefined };

/**
 * Destroys the key of a subject, and with it every recording, wherever copies of the store lie; leaves no clear byte in the journal. What the writer log
 * says stays: that the sessions were there, and that they were erased. Throws LifecycleRefused.
 */
export async function eraseSubject(context: LifecycleContext, request: ErasureRequest): Promise<ErasedSubject> {
  const { archive, pending } = context;
  refuseHeldSubject(context, request);
  const closed = await closeOpenSessions(context, request);
  await context.seal();
  refuseHeldSubject(context, request);
  const key = archive.keys.find(request);
  const manifests = key === undefined ? [] : ownManifests(context, key.id);
  if (key === undefined) throw unknownSubject(request);
  const salt = randomBytes(16).toString('hex');
  const { issuer, subject } = request;
  const act: PendingErasure = {
    kind: 'erasure',
    id: randomUUID(),
    by: request.by,
    reason: request.reason,
    at: context.now().toISOString(),
    keyId: key.id,
    salt,
    subject: saltedDigest(salt, 'erased-subject', { issuer, subject }),
    numbers: manifests.map((manifest) => manifest.number),
    digests: [...new Set(manifests.flatMap((manifest) => manifest.files.map((file) => file.object.slice('objects/'.length))))],
  };
  pending.save(act);
  const { digests, by, reason } = act;
  const entry = await context.recorder.enter({ kind: 'erasure', subject: act.subject, sessions: manifests.length, digests, by, reason });
  const entered: PendingErasure = { ...act, entry: { ...entry } };
  pending.save(entered);
  await context.forget?.({ issuer, subject });
  return { sessions: manifests.length, closed, receipt: await finishErasure(context, entered) };
}

export type ErasurePreview = {
  readonly recordings: readonly { readonly sessionId: string; readonly number: number; readonly name: string; readonly closedAt: string }[];
  /** Sessions that are open: they have to be closed first. */
  readonly open: readonly { readonly sessionId: string; readonly name: string }[];
  /** Names of the holds that keep it from happening. */
  readonly heldBy: readonly string[];
};

/** What an erasure would take, and what stands in its way. Changes nothing. Throws LifecycleRefused where nothing is recorded of the subject. */
export async function previewErasure(context: LifecycleContext, subject: Subject): Promise<ErasurePreview> {
  await context.seal();
  const key = context.archive.keys.find(subject);
  const open = openSessionsOf(context, subject).map(({ sessionId, name }) => ({ sessionId, name }));
  if (key === undefined && open.length === 0) throw unknownSubject(subject);
  const recordings = key === undefined ? [] : ownManifests(context, key.id);
  return {
    recordings: recordings.map(({ sessionId, number, name, closedAt }) => ({ sessionId, number, name, closedAt })),
    open,
    heldBy: holdsOn(context, subject),
  };
}

/** From the entry in the log to the receipt; every step may be done again. */
export async function finishErasure(context: LifecycleContext, act: PendingErasure): Promise<string> {
  const { archive } = context;
  archive.keys.shredById(act.keyId);
  await scrub(context, act.numbers);
  removeQuarantine(archive.directory);
  const receipt = fileOf(context.receipts.write([{ ...act.entry!, digests: act.digests, salts: { 'erased-subject': act.salt } }]));
  context.pending.remove(act);
  return receipt;
}

const unknownSubject = ({ issuer, subject }: Subject): LifecycleRefused =>
  new LifecycleRefused('SUBJECT_UNKNOWN', `Nothing is recorded of ${subject} of ${issuer}: both must be as in the token ("iss", "sub").`);

const openSessionsOf = ({ catalog }: LifecycleContext, { issuer, subject }: Subject): CatalogSession[] =>
  [...catalog.read().sessions.values()].filter(
    (session) => isOpen(session) && session.principal?.issuer === issuer && session.principal.subject === subject,
  );

async function closeOpenSessions(context: LifecycleContext, request: ErasureRequest): Promise<number> {
  const { closeOpen } = request;
  const open = openSessionsOf(context, request);
  const [first] = open;
  if (first === undefined) return 0;
  if (closeOpen !== true) {
    const names = open.map((session) => `${session.name} (${session.sessionId})`).join(', ');
    throw new LifecycleRefused(
      'SUBJECT_OPEN',
      `${open.length} sessions of the subject are open: ${names}. Close them ("steno close"), or erase with --close.`,
    );
  }
  for (const session of open) await context.closeSession(session.sessionId);
  return open.length;
}

const isOpen = ({ head }: CatalogSession): boolean => head === undefined || head.leaf.state === 'open';

/** By a hold on any recording of the subject, or on the subject where nothing is sealed yet. */
const refuseHeldSubject = (context: LifecycleContext, subject: Subject): void => refuseHeld(holdsOn(context, subject), 'The subject');

function holdsOn(context: LifecycleContext, { issuer, subject }: Subject): string[] {
  const key = context.archive.keys.find({ issuer, subject });
  const sealed = key === undefined ? [] : ownManifests(context, key.id).flatMap((manifest) => holdsOf(manifest, context));
  const named = context.holds.all.flatMap(({ name, scope }) =>
    scope.principal?.issuer === issuer && scope.principal.subject === subject ? [name] : [],
  );
  return [...new Set([...sealed, ...named])];
}

const ownManifests = ({ archive }: LifecycleContext, keyId: string): RecordingManifest[] =>
  [...archive.index.all()].flatMap(({ manifest }) => (manifest.principal.keyId === keyId ? [manifest] : []));
