import { JournalFollower } from '../record/follow-journal.ts';
import type { CatalogSession, JournalCatalog } from '../record/journal-catalog.ts';
import { segmentId } from '../record/list-segments.ts';
import type { EntryInput } from '../record/record-input.ts';
import type { Archive } from './archive.ts';
import { findRetirable, retireSegment } from './retire-segments.ts';
import { type DecideRetention, sealSession } from './seal-session.ts';

export type SealerOptions = {
  readonly archive: Archive;
  /** Durable when resolved: the recorder's own. */
  readonly enter: (entry: EntryInput) => Promise<unknown>;
  readonly decideRetention?: DecideRetention | undefined;
  /** Asked between any two sessions; true ends the round. */
  readonly isStopping?: (() => boolean) | undefined;
};

export type Round = { readonly sealed: number; readonly retired: number; readonly waiting: number };

/**
 * Seals what is closed and retires what is sealed, one thing after the other. Every step may be the last one of this process: the next round goes on from
 * what is durable, journal, store and log, whichever came farthest.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #journal: JournalFollower;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#journal = new JournalFollower(options.archive.directory);
  }

  /** One round. Throws StoreUnavailable and RecorderDown: then nothing is lost, and the same is to be done later. */
  async run(): Promise<Round> {
    const catalog = this.#journal.look();
    const wanted = [...catalog.sessions.values()].filter(isToBeSealed);
    let sealed = 0;
    for (const session of wanted) {
      if (this.#isStopping()) break;
      await this.#seal(catalog, session);
      sealed += 1;
    }
    return { sealed, retired: await this.#retire(), waiting: wanted.length - sealed };
  }

  async #seal(catalog: JournalCatalog, session: CatalogSession): Promise<void> {
    const { archive, decideRetention, enter } = this.#options;
    const known = session.recording && { ...session.recording, isAdopted: true };
    const { manifest, manifestSha256, isAdopted } = known ?? (await sealSession(archive, catalog, session, decideRetention));
    const { sessionId, number, revision } = manifest;
    const isNoted = isAdopted === true && this.#journal.isArchived(sessionId, revision);
    if (!isNoted) await enter({ kind: 'archive', sessionId, number, revision, manifest: manifestSha256 });
    archive.index.markLogged(sessionId, revision);
  }

  async #retire(): Promise<number> {
    const { archive, enter } = this.#options;
    const gone = archive.index.deletedNumbers();
    const retirable = findRetirable(this.#journal.look(), (number) => gone.has(number));
    let retired = 0;
    for (const segment of retirable) {
      if (this.#isStopping()) break;
      await retireSegment(archive, segment, this.#journal.isRetired(segmentId(segment.file)), enter);
      retired += 1;
    }
    return retired;
  }

  #isStopping(): boolean {
    return this.#options.isStopping?.() === true;
  }
}

/** Closed, or sealed by a process that died before the log said so. */
const isToBeSealed = ({ head, recording }: CatalogSession): boolean =>
  recording === undefined ? head !== undefined && head.leaf.state !== 'open' : !recording.isLogged;
