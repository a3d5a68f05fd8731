import { close, fdatasync, openSync, writev, writevSync } from 'node:fs';
import path from 'node:path';

/** `00000003-000001.journal`: writer epoch, then number within it. Names sort in the order of writing. */
export const segmentName = (epoch: number, number: number): string =>
  `${String(epoch).padStart(8, '0')}-${String(number).padStart(6, '0')}.journal`;
export const isSegmentName = (name: string): boolean => /^\d{8}-\d{6}\.journal$/.test(name);

/** Up to this a write goes to the page cache faster than to a thread and back. */
const WRITE_AT_ONCE_BYTES = 65_536;

/** An append-only file of frames: knows its position, and nothing of what a frame is. */
export class SegmentFile {
  readonly name: string;
  readonly #fd: number;
  position = 0;

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
    const onWritten = (error: NodeJS.ErrnoException | null, bytes: number): void => {
      this.position += bytes;
      const left = withoutFirst(buffers, bytes);
      if (error || left.length === 0) done(error, left);
      else this.write(left, done);
    };
    if (isSmall(buffers)) this.#writeAtOnce(buffers, onWritten);
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

  sync(done: (error: Error | null) => void): void {
    fdatasync(this.#fd, done);
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => close(this.#fd, (error) => (error ? reject(error) : resolve())));
  }
}

const isSmall = (buffers: readonly Buffer[]): boolean => buffers.reduce((sum, each) => sum + each.length, 0) <= WRITE_AT_ONCE_BYTES;

function withoutFirst(buffers: readonly Buffer[], bytes: number): Buffer[] {
  let skipped = 0;
  for (let index = 0; index < buffers.length; index += 1) {
    const buffer = buffers[index]!;
    if (skipped + buffer.length > bytes) return [buffer.subarray(bytes - skipped), ...buffers.slice(index + 1)];
    skipped += buffer.length;
  }
  return [];
}
