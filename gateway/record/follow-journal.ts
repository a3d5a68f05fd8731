import { listSegments } from './list-segments.ts';
import { GrowingSegment, type IndexedSegment, indexSegment } from './segment-index.ts';

/** Looks at a journal again and again, and reads only what was added since. */
export class JournalFollower {
  readonly #directory: string;
  readonly #finished = new Map<string, IndexedSegment>();
  #growing: GrowingSegment | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** In the order of writing, as far as they are durable. */
  look(): IndexedSegment[] {
    const files = listSegments(this.#directory);
    for (const file of this.#finished.keys()) if (!files.includes(file)) this.#finished.delete(file);
    return files.map((file) => this.#segment(file));
  }

  /** Whether the kept part of the log says that this revision was sealed. */
  isArchived(sessionId: string, revision: number): boolean {
    return this.#some(({ facts }) => facts.archived.some((one) => one.sessionId === sessionId && one.revision === revision));
  }

  /** Whether it says that this segment was retired. */
  isRetired(segment: string): boolean {
    return this.#some(({ facts }) => facts.retired.includes(segment));
  }

  #some(test: (segment: IndexedSegment) => boolean): boolean {
    const growing = this.#growing?.look();
    return [...this.#finished.values(), ...(growing === undefined ? [] : [growing])].some(test);
  }

  #segment(file: string): IndexedSegment {
    const known = this.#finished.get(file);
    if (known !== undefined) return known;
    const segment = this.#growing?.file === file ? this.#grow(this.#growing) : this.#begin(file);
    if (segment.isFinished) this.#finished.set(file, segment);
    return segment;
  }

  #begin(file: string): IndexedSegment {
    const indexed = indexSegment(file);
    if (!indexed.isFinished) this.#growing = new GrowingSegment(file);
    return indexed;
  }

  #grow(growing: GrowingSegment): IndexedSegment {
    const segment = growing.look();
    if (!segment.isFinished) return segment;
    growing.save();
    this.#growing = undefined;
    return indexSegment(growing.file);
  }
}
