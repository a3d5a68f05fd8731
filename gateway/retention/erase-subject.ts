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
  if (key === undefined)
    throw new LifecycleRefused(
      'SUBJECT_UNKNOWN',
      `Nothing is recorded of ${request.subject} of ${request.issuer}: both must be as in the token ("iss", "sub").`,
    );
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

async function closeOpenSessions(context: LifecycleContext, { issuer, subject, closeOpen }: ErasureRequest): Promise<number> {
  const open = [...context.catalog.read().sessions.values()].filter(
    (session) => isOpen(session) && session.principal?.issuer === issuer && session.principal.subject === subject,
  );
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
function refuseHeldSubject(context: LifecycleContext, { issuer, subject }: Subject): void {
  const key = context.archive.keys.find({ issuer, subject });
  const sealed = key === undefined ? [] : ownManifests(context, key.id).flatMap((manifest) => holdsOf(manifest, context));
  const named = context.holds.all.flatMap(({ name, scope }) =>
    scope.principal?.issuer === issuer && scope.principal.subject === subject ? [name] : [],
  );
  refuseHeld([...new Set([...sealed, ...named])], 'The subject');
}

const ownManifests = ({ archive }: LifecycleContext, keyId: string): RecordingManifest[] =>
  [...archive.index.all()].flatMap(({ manifest }) => (manifest.principal.keyId === keyId ? [manifest] : []));
