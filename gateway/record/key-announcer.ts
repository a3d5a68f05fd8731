import { assert } from '../../shared/base/assert.ts';
import { formatTlogProof } from '../../shared/bundle/tlog-proof.ts';
import { leafWords } from './leaf-text.ts';
import type { RecorderParts } from './recorder-parts.ts';
import type { WriterLog } from './writer-log.ts';

/** Brings a change of the writer's key into its log. */
export class KeyAnnouncer {
  readonly #parts: Pick<RecorderParts, 'keys' | 'journal' | 'clock'>;
  readonly #writerLog: WriterLog;
  #announcing: Promise<void> | undefined;

  constructor(parts: Pick<RecorderParts, 'keys' | 'journal' | 'clock'>, writerLog: WriterLog) {
    this.#parts = parts;
    this.#writerLog = writerLog;
  }

  /** Announces a key that waits for it, and destroys one whose time is over. */
  async tend(): Promise<void> {
    const { keys, clock } = this.#parts;
    keys.look();
    if (!keys.isRotating) return;
    this.#announcing ??= this.#announce().finally(() => {
      this.#announcing = undefined;
    });
    await this.#announcing;
    keys.retireIfDue(new Date(clock.stamp().at));
  }

  async #announce(): Promise<void> {
    const { keys, journal } = this.#parts;
    const announcement = keys.announcement();
    if (announcement === undefined) return;
    const { by, key, keyEpoch, overlapMs, reason, supersedes } = announcement;
    // The audit path of the newest entry is the border of the tree before it.
    const path = this.#writerLog.tree.border.toReversed();
    let [announcedAt, overlapUntil] = ['', ''];
    const { index, text } = this.#writerLog.append(({ at, index }) => {
      announcedAt = at;
      overlapUntil = new Date(Date.parse(at) + overlapMs).toISOString();
      return { at, by: leafWords(by), index, key, keyEpoch, kind: 'key-rotation', overlapUntil, reason: leafWords(reason), supersedes };
    });
    const checkpoint = this.#writerLog.sign();
    assert(checkpoint !== undefined, 'an entry was just added');
    await journal.mark();
    keys.announced(announcedAt, overlapUntil, { leaf: text, proof: formatTlogProof(index, path, checkpoint) });
  }
}
