import { syncDirectory } from '../durable/sync-directory.ts';
import { frameTypes } from './frame.ts';
import { encodeFrame } from './frame-queue.ts';
import { SegmentFile, segmentName } from './segment-file.ts';

/** The segments of one writer, one after the other. A full disk is waited for; every other error is thrown. */
export class SegmentSequence {
  readonly #directory: string;
  readonly #epoch: number;
  /** Called when the disk is full: milliseconds until the next attempt. */
  readonly #onFull: () => number;
  #number = 1;
  file: SegmentFile;

  constructor(directory: string, epoch: number, onFull: () => number) {
    this.#directory = directory;
    this.#epoch = epoch;
    this.#onFull = onFull;
    this.file = SegmentFile.create(directory, segmentName(epoch, 1));
  }

  /** The segment exists, with its head, also after power loss. */
  async begin(head: Buffer): Promise<void> {
    await this.#write(head);
    await syncDirectory(this.#directory);
  }

  /** Seals the segment and begins the next. */
  async change(head: Buffer): Promise<void> {
    await this.seal();
    await this.file.close();
    this.#number += 1;
    this.file = await this.#whenRoom(async () => SegmentFile.create(this.#directory, segmentName(this.#epoch, this.#number)));
    await this.begin(head);
  }

  /** Whatever was written is durable before the seal says so. */
  async seal(): Promise<void> {
    await this.file.trim();
    await this.#write(encodeFrame(frameTypes.seal, 0, 0, Buffer.alloc(0)));
  }

  async #write(buffer: Buffer): Promise<void> {
    let rest = [buffer];
    const attempt = (): Promise<void> =>
      new Promise((resolve, reject) =>
        this.file.write(rest, (error, left) => {
          rest = left;
          if (error) reject(error);
          else resolve();
        }),
      );
    await this.#whenRoom(attempt);
    await this.#sync();
  }

  #sync(): Promise<void> {
    return new Promise((resolve, reject) => this.file.sync((error) => (error ? reject(error) : resolve())));
  }

  async #whenRoom<Value>(attempt: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!isFullDisk(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, this.#onFull()));
      }
    }
  }
}

export const isFullDisk = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
