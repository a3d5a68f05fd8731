import { close, fdatasync, fdatasyncSync, fsync, ftruncate, openSync, writev, writevSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** `00000003-000001.journal`: writer epoch, then number within it. Names sort in the order of writing. */
export const segmentName = (epoch: number, number: number): string =>
  `${String(epoch).padStart(8, '0')}-${String(number).padStart(6, '0')}.journal`;
export const isSegmentName = (name: string): boolean => /^\d{8}-\d{6}\.journal$/.test(name);

/** Up to this a write goes to the page cache faster than to a thread and back. */
const WRITE_AT_ONCE_BYTES = 262_144;
/** Zeros stand ready for at least so many bytes of small writes. */
const ROOM_AHEAD_BYTES = 1_048_576;
const ZEROS = Buffer.alloc(ROOM_AHEAD_BYTES / 4);
const ROOM = [ZEROS, ZEROS, ZEROS, ZEROS];

/**
 * An append-only file of frames: knows its position, and nothing of what a frame is. Where writes are small, room of zeros is made ahead of
 * them: a sync of bytes that have their place on the disk already takes a fraction of one that must make the file longer. So a file whose
 * writer died ends in zeros; `trim` takes them away.
 */
export class SegmentFile {
  readonly name: string;
  readonly #fd: number;
  position = 0;
  /** The end of the file, or where room is being made. */
  #end = 0;
  #mayMakeRoom = true;
  /** Room that is being made: resolves when that is over. */
  #room: Promise<void> | undefined;

  private constructor(name: string, fd: number) {
    this.name = name;
    this.#fd = fd;
  }

  /** Never opens an existing file: a stale writer cannot land in ours, nor we in its. */
  static create(directory: string, name: string): SegmentFile {
    return new SegmentFile(name, openSync(path.join(directory, name), 'wx', 0o600));
  }

  /** Writes all of `buffers` at the end; `done` gets the error of the first write that failed, with what is left to write. */
  write(buffers: Buffer[], done: (error: NodeJS.ErrnoException | null, left: Buffer[]) => void): void {
    const length = lengthOf(buffers);
    // Else the zeros could come after the bytes, and over them.
    if (this.#room !== undefined && this.position + length > this.#end) {
      this.#room.then(() => this.write(buffers, done));
      return;
    }
    const isSmall = length <= WRITE_AT_ONCE_BYTES;
    const onWritten = (error: NodeJS.ErrnoException | null, bytes: number): void => {
      this.position += bytes;
      if (isSmall && !error) this.#makeRoom();
      const left = withoutFirst(buffers, bytes);
      if (error || left.length === 0) done(error, left);
      else this.write(left, done);
    };
    if (isSmall) this.#writeAtOnce(buffers, onWritten);
    else writev(this.#fd, buffers, this.position, (error, bytes) => onWritten(error, error ? 0 : bytes));
  }

  #writeAtOnce(buffers: Buffer[], done: (error: NodeJS.ErrnoException | null, bytes: number) => void): void {
    let bytes = 0;
    let failure: NodeJS.ErrnoException | null = null;
    try {
      bytes = writevSync(this.#fd, buffers, this.position);
    } catch (error) {
      failure = error as NodeJS.ErrnoException;
    }
    done(failure, bytes);
  }

  #makeRoom(): void {
    if (this.#room !== undefined || !this.#mayMakeRoom || this.#end - this.position >= ROOM_AHEAD_BYTES) return;
    this.#end = Math.max(this.#end, this.position);
    this.#room = new Promise((resolve) => {
      writev(this.#fd, ROOM, this.#end, (error, bytes) => {
        this.#room = undefined;
        // It is only for speed: whether the disk is full or broken, the records themselves will tell.
        if (error) this.#mayMakeRoom = false;
        else this.#end += bytes;
        resolve();
      });
    });
  }

  sync(done: (error: Error | null) => void): void {
    fdatasync(this.#fd, done);
  }

  /** As `sync`, while the caller waits. */
  syncAtOnce(done: (error: Error | null) => void): void {
    let failure: Error | null = null;
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      failure = error as Error;
    }
    done(failure);
  }

  /** Takes away the room that was not needed; durable when resolved. Nothing else may be on its way to the file, then or later. */
  async trim(): Promise<void> {
    this.#mayMakeRoom = false;
    await this.#room;
    await promisify(ftruncate)(this.#fd, this.position);
    await promisify(fsync)(this.#fd);
  }

  async close(): Promise<void> {
    await this.#room;
    await promisify(close)(this.#fd);
  }
}

const lengthOf = (buffers: readonly Buffer[]): number => buffers.reduce((sum, each) => sum + each.length, 0);

function withoutFirst(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let skipped = 0;
  for (let index = 0; index < buffers.length; index += 1) {
    const buffer = buffers[index]!;
    if (skipped + buffer.length > bytes) return [buffer.subarray(bytes - skipped), ...buffers.slice(index + 1)];
    skipped += buffer.length;
  }
  return [];
}
