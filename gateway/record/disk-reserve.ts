import { closeSync, existsSync, fsyncSync, openSync, statfsSync, statSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';

/**
 * A file of zeros that is given back when the disk is full, so that the ends of what is under way can still be written.
 * While it is missing, no new exchange may begin.
 */
export class DiskReserve {
  readonly #file: string;
  readonly #directory: string;
  readonly #bytes: number;

  constructor(directory: string, bytes: number) {
    this.#directory = directory;
    this.#file = path.join(directory, 'reserve');
    this.#bytes = bytes;
  }

  get isHeld(): boolean {
    return existsSync(this.#file) && statSync(this.#file).size === this.#bytes;
  }

  /** 0 when nobody can say (the directory is gone, the device does not answer): that is no room either. */
  freeBytes(): number {
    try {
      const { bavail, bsize } = statfsSync(this.#directory);
      return bavail * bsize;
    } catch {
      return 0;
    }
  }

  /** Hardly anything is left beyond the reserve. */
  get isLow(): boolean {
    return this.freeBytes() < this.#bytes / 4;
  }

  /** True when it was there to be given back. */
  release(): boolean {
    if (!existsSync(this.#file)) return false;
    unlinkSync(this.#file);
    return true;
  }

  /** Takes the reserve (again) if twice its size is free. True when it is held afterwards. */
  take(): boolean {
    if (this.isHeld) return true;
    if (this.freeBytes() < this.#bytes * 2) return false;
    try {
      const fd = openSync(this.#file, 'w', 0o600);
      try {
        const zeros = Buffer.alloc(Math.min(this.#bytes, 1_048_576));
        for (let written = 0; written < this.#bytes; ) written += writeSync(fd, zeros, 0, Math.min(zeros.length, this.#bytes - written));
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      return true;
    } catch {
      this.release();
      return false;
    }
  }
}
