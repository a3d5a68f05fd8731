import { fetchManifest } from '../archive/open-recording.ts';
import { CatalogFollower } from '../record/catalog-follower.ts';
import { applyHolds, type LiftedHold, liftHold } from './apply-holds.ts';
import { type DeletionRun, finishDeletion, previewDeletions, runDeletions } from './delete-recordings.ts';
import {
  type ErasedSubject,
  type ErasurePreview,
  type ErasureRequest,
  eraseSubject,
  finishErasure,
  previewErasure,
} from './erase-subject.ts';
import { findValue, type ValueSearch } from './find-value.ts';
import type { Hold, HoldScope } from './hold.ts';
import { HoldRegister, type HoldRequest } from './hold-register.ts';
import { type Act, fileOf, type LifecycleContext, type LifecycleParts, type Subject } from './lifecycle-context.ts';
import { LifecycleRefused } from './lifecycle-refused.ts';
import { type PendingAct, PendingActs } from './pending-acts.ts';
import type { Plan } from './plan-deletions.ts';
import { readWriterLog } from './read-writer-log.ts';
import { type ReceiptFile, Receipts } from './receipts.ts';
import {
  enterRedaction,
  finishRedaction,
  previewRedaction,
  type RedactedRecording,
  type RedactionPreview,
  redactRecording,
} from './redact-recording.ts';
import type { Redaction } from './redaction.ts';

export type PlacedHold = { readonly hold: Hold; readonly recordings: number; readonly receipt: string };

/**
 * What happens to recordings after they were made: how long they stay, what holds them, what is taken out of them. One act at a time; each is in the
 * writer log before it changes anything, is finished after a crash, and leaves a receipt.
 */
export class Lifecycle {
  readonly #context: LifecycleContext;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: LifecycleParts) {
    const { directory } = parts.archive;
    const catalog = parts.catalog ?? new CatalogFollower(directory);
    this.#context = {
      ...parts,
      now: parts.now ?? (() => new Date()),
      holds: parts.holds ?? new HoldRegister(directory),
      catalog,
      receipts: new Receipts(directory, catalog),
      pending: new PendingActs(directory),
    };
  }

  /** Finishes what a crash interrupted, and puts standing holds on what was sealed since. Returns what could not be finished yet. */
  start(): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const unfinished = await this.#resume();
      await applyHolds(this.#context);
      return unfinished;
    });
  }

  /** Exactly what a sweep at that moment would delete, of what is sealed by now. */
  preview(at: Date): Promise<Plan> {
    return this.#inTurn(async () => {
      await this.#context.seal();
      return await previewDeletions(this.#context, at);
    });
  }

  sweep(act: Act): Promise<DeletionRun> {
    return this.#inTurn(async () => {
      const left = await this.#resume();
      await this.#context.seal();
      await applyHolds(this.#context);
      const run = await runDeletions(this.#context, act);
      return { ...run, unfinished: [...left.map((why) => ({ sessionId: '-', why })), ...run.unfinished] };
    });
  }

  get holds(): readonly Hold[] {
    return this.#context.holds.all;
  }

  placeHold(request: HoldRequest): Promise<PlacedHold> {
    return this.#inTurn(async () => {
      const { holds, receipts, recorder, now } = this.#context;
      const scope = this.#resolveScope(request.scope);
      const hold = await holds.place({ ...request, scope }, now(), recorder);
      const recordings = await applyHolds(this.#context);
      const receipt = fileOf(receipts.write([{ ...hold.placed!, salts: { 'hold-scope': hold.salt } }]));
      return { hold: holds.find(hold.holdId), recordings, receipt };
    });
  }

  liftHold(name: string, act: Act): Promise<LiftedHold> {
    return this.#inTurn(() => liftHold(this.#context, name, act));
  }

  /** `session`: id, name (the newest of that name) or `latest`; it must be closed. */
  redact(session: string, redactions: readonly Redaction[], act: Act): Promise<RedactedRecording> {
    return this.#inTurn(async () => {
      const sessionId = this.#findClosed(session);
      await this.#finishEarlier(sessionId);
      await this.#context.seal();
      await applyHolds(this.#context);
      return await redactRecording(this.#context, sessionId, redactions, act);
    });
  }

  /** What `redact` would do, and what is in its way. */
  previewRedaction(session: string, redactions: readonly Redaction[]): Promise<RedactionPreview> {
    return this.#inTurn(async () => {
      const sessionId = this.#findClosed(session);
      await this.#context.seal();
      return await previewRedaction(this.#context, sessionId, redactions);
    });
  }

  /** What `erase` would do, and what is in its way. */
  previewErasure(subject: Subject): Promise<ErasurePreview> {
    return this.#inTurn(() => previewErasure(this.#context, subject));
  }

  erase(request: ErasureRequest): Promise<ErasedSubject> {
    return this.#inTurn(async () => {
      await this.#resume();
      return await eraseSubject(this.#context, request);
    });
  }

  /** Whether a value was in an answer of any closed session, or of one. */
  findValue(value: string, session?: string): Promise<ValueSearch> {
    return this.#inTurn(async () => {
      const sessionId = session === undefined ? undefined : this.#findSession(session).sessionId;
      await this.#context.seal();
      return await findValue(this.#context, value, sessionId);
    });
  }

  receipts(): ReceiptFile[] {
    return this.#context.receipts.list();
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
  }

  /** What was begun and cut short is done first: two revisions of one recording must not cross. */
  async #finishEarlier(sessionId: string): Promise<void> {
    const unfinished = await this.#resume();
    const isLeft = this.#context.pending.all().some((act) => 'sessionId' in act && act.sessionId === sessionId);
    if (isLeft) throw new LifecycleRefused('ACT_UNFINISHED', `An earlier act on this session comes first: ${unfinished.join('; ')}`);
  }

  async #resume(): Promise<string[]> {
    const unfinished: string[] = [];
    for (const act of this.#context.pending.all()) {
      try {
        await resumeAct(this.#context, act);
      } catch (error) {
        unfinished.push(`the ${act.kind} of ${act.at} by ${act.by} is not finished: ${(error as Error).message}`);
      }
    }
    return unfinished;
  }

  #findSession(wanted: string) {
    const sessions = [...this.#context.catalog.read().sessions.values()];
    const found =
      sessions.find((session) => session.sessionId === wanted) ??
      sessions.findLast((session) => session.name === wanted) ??
      (wanted === 'latest' ? sessions.at(-1) : undefined);
    if (found === undefined) throw new LifecycleRefused('SESSION_UNKNOWN', `There is no session "${wanted}": "steno sessions" lists them.`);
    return found;
  }

  #findClosed(wanted: string): string {
    const { sessionId, name, head } = this.#findSession(wanted);
    if (head !== undefined && head.leaf.state !== 'open') return sessionId;
    throw new LifecycleRefused('SESSION_OPEN', `Session ${name} (${sessionId}) is still open; close it first: steno close ${sessionId}.`);
  }

  /** A session may be named as people name it; what stands in the hold is its id. */
  #resolveScope(scope: HoldScope): HoldScope {
    return scope.session === undefined ? scope : { ...scope, session: this.#findSession(scope.session).sessionId };
  }

  #inTurn<Value>(action: () => Promise<Value>): Promise<Value> {
    const next = this.#last.then(action, action);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** What the log says is finished; what it does not say never began. */
async function resumeAct(context: LifecycleContext, act: PendingAct): Promise<void> {
  const entry = act.entry ?? findEntry(context, act);
  const known = { ...act, ...(entry === undefined ? {} : { entry }) };
  if (known.kind === 'redaction') {
    if (!(await isWritten(context, known))) return context.pending.remove(known);
    await finishRedaction(context, known.entry === undefined ? await enterRedaction(context, known) : known);
  } else if (known.entry === undefined) context.pending.remove(known);
  else if (known.kind === 'retention') await finishDeletion(context, known);
  else await finishErasure(context, known);
}

/** Also when the store took the new revision and its answer was lost: the act went on as far as it could. */
async function isWritten({ archive }: LifecycleContext, act: Extract<PendingAct, { kind: 'redaction' }>): Promise<boolean> {
  const { index, store } = archive;
  const known = index.byId(act.sessionId)?.manifest.revision;
  if (known === undefined || known >= act.revision) return known !== undefined;
  const found = await fetchManifest(store, act, act.revision);
  if (found === undefined) return false;
  index.record(found.manifest, found.text, found.sha256);
  return true;
}

function findEntry({ archive }: LifecycleContext, act: PendingAct): PendingAct['entry'] {
  for (const { leaf, text } of readWriterLog(archive.directory)) {
    if (leaf.kind !== act.kind) continue;
    const isOwn =
      (leaf.kind === 'retention' && act.kind === 'retention' && leaf.sessionId === act.sessionId) ||
      (leaf.kind === 'redaction' && act.kind === 'redaction' && leaf.sessionId === act.sessionId && leaf.revision === act.revision) ||
      (leaf.kind === 'erasure' && act.kind === 'erasure' && leaf.subject === act.subject);
    if (isOwn) return { index: leaf.index, text };
  }
  return undefined;
}
