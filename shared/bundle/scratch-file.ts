import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BundleError } from './bundle-error.ts';

/** A file for what does not fit in memory, made when first written to; it has no name where the system allows that, and is gone when closed. */
export class ScratchFile {
  #fd: number | undefined;
  #folder = '';

  /** Throws BundleError BUNDLE_NO_ROOM. */
  write(bytes: Uint8Array, position: number): void {
    try {
      this.#fd ??= this.#open();
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at, bytes.length - at, position + at);
    } catch (error) {
      throw error instanceof Error && 'code' in error && error.code === 'ENOSPC' ? noRoom(error) : error;
    }
  }

  /** Zeroes where nothing was ever written. */
  read(into: Uint8Array, position: number): void {
    let at = 0;
    for (let read = 1; read > 0 && at < into.length; at += read)
      read = this.#fd === undefined ? 0 : readSync(this.#fd, into, at, into.length - at, position + at);
    into.fill(0, at);
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #open(): number {
    this.#folder = mkdtempSync(path.join(tmpdir(), 'steno-scratch-'));
    const fd = openSync(path.join(this.#folder, 'scratch'), 'wx+', 0o600);
    if (process.platform !== 'win32') rmSync(this.#folder, { recursive: true });
    return fd;
  }
}

const noRoom = (cause: Error): BundleError =>
  new BundleError(
    'BUNDLE_NO_ROOM',
    `There is no room in ${tmpdir()} to check the bundle. Make room, or set TMPDIR to a folder that has it.`,
    {
      cause,
    },
  );
