import { statSync } from 'node:fs';
import { listSegments } from './list-segments.ts';
import { GrowingSegment, type IndexedSegment, indexSegment, readIndex } from './segment-index.ts';

/** Looks at a journal again and again, and reads only what was added since. */
export class JournalFollower {
  readonly #directory: string;
  /** `inode`: a segment that was rewritten (a session was taken out of it) is another file of the same name. */
  readonly #finished = new Map<string, { readonly segment: IndexedSegment; readonly inode: number }>();
  #growing: GrowingSegment | undefined;
  #growingInode = 0;

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
    const finished = [...this.#finished.values()].map(({ segment }) => segment);
    return [...finished, ...(growing === undefined ? [] : [growing])].some(test);
  }

  #segment(file: string): IndexedSegment {
    const inode = statSync(file).ino;
    const known = this.#finished.get(file);
    if (known?.inode === inode) return known.segment;
    const isGrowing = this.#growing?.file === file && this.#growingInode === inode;
    const segment = isGrowing ? this.#grow(this.#growing!) : this.#begin(file, inode);
    if (segment.isFinished) this.#finished.set(file, { segment, inode });
    return segment;
  }

  #begin(file: string, inode: number): IndexedSegment {
    const indexed = readIndex(file);
    if (indexed !== undefined) return indexed;
    [this.#growing, this.#growingInode] = [new GrowingSegment(file), inode];
    return this.#grow(this.#growing);
  }

  #grow(growing: GrowingSegment): IndexedSegment {
    const segment = growing.look();
    if (!segment.isFinished) return segment;
    growing.save();
    this.#growing = undefined;
    return indexSegment(growing.file);
  }
}
