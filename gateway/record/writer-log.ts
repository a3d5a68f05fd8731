import { type Checkpoint, signCheckpoint } from '../../shared/bundle/checkpoint.ts';
import type { SessionHead, WriterLeaf } from '../../shared/bundle/format.ts';
import { TreeHead } from '../../shared/bundle/merkle-tree.ts';
import type { RecordClock } from './clock.ts';
import { frameTypes } from './frame.ts';
import type { Journal } from './journal.ts';
import type { KeyRing } from './key-ring.ts';
import { leafText, leafWords } from './leaf-text.ts';
import type { WriterEntry } from './record-input.ts';
import type { SessionLog } from './session-log.ts';

/** The tree over everything this gateway wrote: session heads, heartbeats, changes of policy. */
export class WriterLog {
  readonly tree: TreeHead;
  readonly #keys: KeyRing;
  readonly #journal: Journal;
  readonly #clock: RecordClock;
  readonly #onSigned: ((checkpoint: string, closesSession: boolean) => void) | undefined;
  #signedSize: number;
  /** Whether a session ended since the last checkpoint. */
  #hasEnded = false;

  constructor(
    state: { readonly size: number; readonly border: readonly string[] },
    keys: KeyRing,
    journal: Journal,
    clock: RecordClock,
    onSigned?: (checkpoint: string, closesSession: boolean) => void,
  ) {
    this.#onSigned = onSigned;
    this.tree = new TreeHead(state.size, state.border);
    this.#keys = keys;
    this.#journal = journal;
    this.#clock = clock;
    this.#signedSize = state.size;
  }

  append(build: (entry: { readonly at: string; readonly index: number }) => WriterLeaf): WriterEntry {
    const index = this.tree.size;
    const text = leafText(build({ at: this.#clock.stamp().at, index }));
    this.tree.append(this.#journal.queue.leaf(frameTypes.writerLeaf, 0, 0, text));
    return { index, text };
  }

  appendHead(session: SessionLog, state: SessionHead['state']): void {
    session.hasNews = false;
    if (state !== 'open') this.#hasEnded = true;
    this.append(({ at, index }) => ({
      at,
      disclosed: { 'session-identity': session.identityDigest },
      index,
      kind: 'session-head',
      name: session.name,
      number: session.number,
      openedAt: session.openedAt,
      root: session.tree.root(),
      sessionId: session.sessionId,
      size: session.tree.size,
      state,
      writer: this.#keys.name,
    }));
  }

  appendPolicyChange(policyDigest: string, detail: string | undefined): void {
    this.append(({ at, index }) => ({
      at,
      detail: leafWords(detail),
      index,
      kind: 'policy-change',
      policyDigest: policyDigest.slice(0, 128),
    }));
  }

  /** Signs the tree as it stands; `undefined` when that was done already. */
  sign(): string | undefined {
    if (this.#signedSize === this.tree.size) return undefined;
    this.#signedSize = this.tree.size;
    const checkpoint: Checkpoint = { origin: this.#keys.name, size: this.tree.size, root: this.tree.root() };
    const text = signCheckpoint(checkpoint, ...this.#keys.signers);
    this.#journal.queue.text(frameTypes.checkpoint, 0, 0, text);
    // Readers see, and attestors show, only what is durable: beside an idle writer nobody else waits for that.
    this.#journal.durable().catch(() => undefined);
    this.#onSigned?.(text, this.#hasEnded);
    this.#hasEnded = false;
    return text;
  }
}
