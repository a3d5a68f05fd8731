import { JournalFollower } from '../record/follow-journal.ts';
import { readSegmentHead } from '../record/inspect-segment.ts';
import { type CatalogSession, journalSessions } from '../record/journal-catalog.ts';
import { segmentId } from '../record/list-segments.ts';
import type { EntryInput } from '../record/record-input.ts';
import type { IndexedSegment } from '../record/segment-index.ts';
import { StoreUnavailable } from '../store/recording-store.ts';
import type { Archive } from './archive.ts';
import type { RecordingManifest } from './recording-manifest.ts';
import { findRetirable, retireSegment } from './retire-segments.ts';
import { type DecideRetention, sealSession } from './seal-session.ts';
import { sweepUnlocked } from './sweep-names.ts';

export type SealerOptions = {
  readonly archive: Archive;
  /** Durable when resolved: the recorder's own. */
  readonly enter: (entry: EntryInput) => Promise<unknown>;
  readonly decideRetention?: DecideRetention | undefined;
  /** Begins a fresh segment, so that an old one can be let go of: the recorder's `turnSegment`. Never asked for when it is not given. */
  readonly turnSegment?: (() => Promise<unknown>) | undefined;
  /** A segment that is still written and holds sealed sessions is turned when it is this old; default an hour. */
  readonly segmentAgeMs?: number | undefined;
  /** Asked between any two sessions; true ends the round. */
  readonly isStopping?: (() => boolean) | undefined;
  readonly onProgress?: ((done: Round) => void) | undefined;
};

const HOUR_MS = 3_600_000;

export type Round = { readonly sealed: number; readonly retired: number; readonly waiting: number };

/**
 * Seals what is closed and retires what is sealed, one thing after the other. Every step may be the last one of this process: the next round goes on from
 * what is durable, journal, store and log, whichever came farthest.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #journal: JournalFollower;
  /** Sessions of kept segments that are sealed and noted. */
  readonly #settled = new Set<number>();
  #seen = '';
  /** The segment that is being written and holds sealed sessions, and since when (ms). */
  #last: { readonly file: string; readonly begunAt: number } | undefined;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#journal = new JournalFollower(options.archive.directory);
  }

  /** One round. Throws StoreUnavailable, and what kept a session from being sealed: nothing is lost then, and the same is to be done later. */
  async run(): Promise<Round> {
    try {
      return await this.#sealAndRetire();
    } finally {
      // Also when a session cannot be sealed: locks end all the same.
      if (!this.#isStopping()) await sweepUnlocked(this.#options.archive);
    }
  }

  async #sealAndRetire(): Promise<Round> {
    const segments = this.#journal.look();
    const state = segments.map(({ file, upTo }) => `${file}:${upTo}`).join('\n');
    if (state === this.#seen) {
      await this.#turnWhenOld(segments.at(-1));
      return { sealed: 0, retired: 0, waiting: 0 };
    }
    await this.#noteUnlogged();
    const sessions = journalSessions(segments);
    const wanted = [...sessions.values()].filter((session) => this.#isToBeSealed(session));
    const { sealed, failed } = await this.#sealAll(segments, wanted);
    const retired = await this.#retire(segments);
    await this.#turnWhenOld(segments.at(-1));
    if (failed !== undefined) throw failed;
    if (sealed === wanted.length) this.#seen = state;
    return { sealed, retired, waiting: wanted.length - sealed };
  }

  /** One session that cannot be sealed (a damaged frame) keeps its segments from being retired, and nothing else. */
  async #sealAll(
    segments: readonly IndexedSegment[],
    wanted: readonly CatalogSession[],
  ): Promise<{ sealed: number; failed: Error | undefined }> {
    let sealed = 0;
    let failed: Error | undefined;
    for (const session of wanted) {
      if (this.#isStopping()) break;
      try {
        await this.#seal(segments, session);
        sealed += 1;
        this.#options.onProgress?.({ sealed: 1, retired: 0, waiting: wanted.length - sealed });
      } catch (error) {
        if (!(error instanceof Error) || error instanceof StoreUnavailable) throw error;
        failed ??= new Error(`Session ${session.name} (${session.sessionId}) cannot be sealed: ${error.message}`, { cause: error });
      }
    }
    return { sealed, failed };
  }

  /** What a process put into the store and died before the log could say so: recordings, and later revisions of them. */
  async #noteUnlogged(): Promise<void> {
    const { index } = this.#options.archive;
    for (const { manifest, manifestSha256 } of index.unlogged()) await this.#note(manifest, manifestSha256, true);
  }

  async #note({ sessionId, number, revision }: RecordingManifest, manifest: string, mayBeNoted: boolean): Promise<void> {
    const isNoted = mayBeNoted && this.#journal.isArchived(sessionId, revision);
    if (!isNoted) await this.#options.enter({ kind: 'archive', sessionId, number, revision, manifest });
    this.#options.archive.index.markLogged(sessionId, revision);
    this.#settled.add(number);
  }

  /** In how many milliseconds there is something to do though no session is closed meanwhile: a segment is old, a lock ended. */
  dueInMs(): number {
    const { archive, segmentAgeMs = HOUR_MS } = this.#options;
    const due = [archive.index.nextDue(), this.#last && this.#last.begunAt + segmentAgeMs].filter((each) => each !== undefined);
    return Math.max(0, Math.min(HOUR_MS, ...due.map((each) => each - Date.now())));
  }

  #isToBeSealed({ number, head }: CatalogSession): boolean {
    return head !== undefined && head.leaf.state !== 'open' && !this.#isSettled(number);
  }

  #isSettled(number: number): boolean {
    if (this.#settled.has(number)) return true;
    if (!this.#options.archive.index.isSettled(number)) return false;
    this.#settled.add(number);
    return true;
  }

  async #seal(segments: readonly IndexedSegment[], session: CatalogSession): Promise<void> {
    const { archive, decideRetention } = this.#options;
    const { manifest, manifestSha256, isAdopted } = await sealSession(archive, segments, session, decideRetention);
    await this.#note(manifest, manifestSha256, isAdopted === true);
  }

  async #retire(segments: readonly IndexedSegment[]): Promise<number> {
    const { archive, enter } = this.#options;
    const retirable = findRetirable(segments, (number) => this.#isSettled(number));
    let retired = 0;
    for (const segment of retirable) {
      if (this.#isStopping()) break;
      await retireSegment(archive, segment, this.#journal.isRetired(segmentId(segment.file)), enter);
      retired += 1;
      this.#options.onProgress?.({ sealed: 0, retired: 1, waiting: 0 });
    }
    return retired;
  }

  /** Where little is recorded a segment would stay for months, and clear bytes of sealed sessions with it. */
  async #turnWhenOld(last: IndexedSegment | undefined): Promise<void> {
    const { turnSegment, segmentAgeMs = HOUR_MS } = this.#options;
    if (turnSegment === undefined || last === undefined || ![...last.facts.sessions.keys()].some((number) => this.#isSettled(number))) {
      this.#last = undefined;
      return;
    }
    if (this.#last?.file !== last.file) this.#last = { file: last.file, begunAt: Date.parse(readSegmentHead(last.file)?.head.at ?? '') };
    if (Date.now() - this.#last.begunAt >= segmentAgeMs) await turnSegment();
  }

  #isStopping(): boolean {
    return this.#options.isStopping?.() === true;
  }
}
