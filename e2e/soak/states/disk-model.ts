import { dirname } from 'node:path';
import type { TraceStep } from './parse-trace.ts';

const SECTOR = 512;

/** How much of what was not synced the crash let through. */
export type Crash = {
  /** Line of the trace at which the power went. */
  readonly at: number;
  /**
   * `process`: the process died alone, all that was called happened. `durable`: nothing but what was synced. `torn`: files keep the
   * beginning of what was written, to a sector. `sectors`: any sectors, in any order; `garbage`: and lost ones hold anything.
   */
  readonly mode: 'process' | 'durable' | 'torn' | 'sectors' | 'garbage';
};

type Write = { readonly start: number; readonly end: number; readonly offset: number; readonly data: Buffer };
type Truncate = { readonly start: number; readonly end: number; readonly size: number };
type Change = Write | Truncate;
type Inode = { readonly changes: Change[]; readonly syncs: { readonly start: number; readonly end: number }[] };
type NameChange = { readonly start: number; readonly end: number; readonly inode: Inode | 'directory' } & (
  | { readonly kind: 'add'; readonly path: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'move'; readonly path: string; readonly to: string }
);

/** Files by path, directories as undefined; parents before children. */
export type DiskState = Map<string, Buffer | undefined>;

/**
 * What POSIX promises and nothing more: bytes are there after a sync of their file that began after they were written, names after one of
 * their directory. The data directory itself is there from the beginning.
 */
export class DiskModel {
  readonly #inodes = new Set<Inode>();
  readonly #names: NameChange[] = [];
  readonly #directorySyncs = new Map<string, { readonly start: number; readonly end: number }[]>();
  readonly #root: string;

  constructor(steps: readonly TraceStep[], root: string) {
    this.#root = root;
    const live = new Map<string, Inode | 'directory'>([[root, 'directory']]);
    for (const step of steps) this.#take(step, live);
  }

  #take(step: TraceStep, live: Map<string, Inode | 'directory'>): void {
    const { start, end } = step;
    if (step.kind === 'say') return;
    if (step.kind === 'create') this.#create(step, live);
    else if (step.kind === 'mkdir') {
      live.set(step.path, 'directory');
      this.#names.push({ kind: 'add', start, end, path: step.path, inode: 'directory' });
    } else this.#change(step, live, live.get(step.path));
  }

  #change(
    step: Exclude<TraceStep, { kind: 'say' | 'create' | 'mkdir' }>,
    live: Map<string, Inode | 'directory'>,
    known: Inode | 'directory' | undefined,
  ): void {
    const { start, end } = step;
    if (known === undefined) throw new Error(`${step.kind} of ${step.path}, which does not exist`);
    if (step.kind === 'rename' || step.kind === 'link') {
      live.set(step.to, known);
      if (step.kind === 'rename') live.delete(step.path);
      this.#names.push(
        step.kind === 'link'
          ? { kind: 'add', start, end, path: step.to, inode: known }
          : { kind: 'move', start, end, path: step.path, to: step.to, inode: known },
      );
    } else if (step.kind === 'unlink') {
      live.delete(step.path);
      this.#names.push({ kind: 'remove', start, end, path: step.path, inode: known });
    } else if (known === 'directory') {
      if (step.kind === 'sync') this.#directorySyncs.set(step.path, [...(this.#directorySyncs.get(step.path) ?? []), { start, end }]);
    } else if (step.kind === 'sync') known.syncs.push({ start, end });
    else known.changes.push(step.kind === 'write' ? { start, end, offset: step.offset, data: step.data } : { start, end, size: step.size });
  }

  #create({ path, truncates, start, end }: Extract<TraceStep, { kind: 'create' }>, live: Map<string, Inode | 'directory'>): void {
    const known = live.get(path);
    if (known === 'directory') return;
    if (known !== undefined) {
      if (truncates) known.changes.push({ start, end, size: 0 });
      return;
    }
    const inode: Inode = { changes: [], syncs: [] };
    this.#inodes.add(inode);
    live.set(path, inode);
    this.#names.push({ kind: 'add', start, end, path, inode });
  }

  /** One of the states that such a crash may leave. */
  stateAfter(crash: Crash, random: () => number): DiskState {
    const names = this.#survivingNames(crash, random);
    const state: DiskState = new Map();
    for (const path of [...names.keys()].sort()) {
      const isReachable = dirname(path) === this.#root || state.has(dirname(path));
      if (!isReachable) continue;
      const inode = names.get(path)!;
      state.set(path, inode === 'directory' ? undefined : contentOf(inode, crash, random));
    }
    return state;
  }

  #survivingNames(crash: Crash, random: () => number): Map<string, Inode | 'directory'> {
    const names = new Map<string, Inode | 'directory'>();
    for (const change of this.#names) {
      if (change.start > crash.at || !this.#survives(change, crash, random)) continue;
      const { kind, path, inode } = change;
      if (kind === 'add') names.set(path, inode);
      else if (names.get(path) === inode) names.delete(path);
      if (kind === 'move') names.set(change.to, inode);
      // Between two directories, the new name may be there before the old one is gone.
      if (
        kind === 'move' &&
        dirname(path) !== dirname(change.to) &&
        crash.mode !== 'process' &&
        !this.#isSynced(dirname(path), change, crash.at)
      )
        if (random() < 0.3) names.set(path, inode);
    }
    return names;
  }

  #survives(change: NameChange, { at, mode }: Crash, random: () => number): boolean {
    if (mode === 'process') return change.end <= at;
    const target = change.kind === 'move' ? change.to : change.path;
    if (this.#isSynced(dirname(target), change, at)) return true;
    return mode !== 'durable' && random() < 0.6;
  }

  #isSynced(directory: string, change: NameChange, at: number): boolean {
    return (this.#directorySyncs.get(directory) ?? []).some(({ start, end }) => start > change.end && end <= at);
  }
}

function contentOf({ changes, syncs }: Inode, { at, mode }: Crash, random: () => number): Buffer {
  const floor = syncs.filter(({ end }) => end <= at).reduce((latest, { start }) => Math.max(latest, start), 0);
  const content = new Content();
  const tornAt = mode === 'torn' ? Math.floor(random() * 8) : -1;
  let pending = 0;
  for (const change of changes) {
    if (change.start > at) continue;
    if (change.end <= floor || (mode === 'process' && change.end <= at)) content.apply(change);
    else if (mode === 'torn') {
      if (pending < tornAt) content.apply(change);
      else if (pending === tornAt && 'data' in change)
        content.apply({ ...change, data: change.data.subarray(0, toSector(change, random())) });
      pending += 1;
    } else if (mode === 'sectors' || mode === 'garbage') content.applySome(change, mode === 'garbage', random);
  }
  return content.bytes;
}

/** Whole sectors of the disk, so the first piece ends where the file's sector does. */
function toSector({ offset, data }: Write, share: number): number {
  const sectors = Math.floor((share * (offset + data.length)) / SECTOR);
  return Math.max(0, Math.min(data.length, sectors * SECTOR - offset));
}

class Content {
  bytes: Buffer = Buffer.alloc(0);
  /** Sectors below this were there before: a sector that is written anew is old or new. */
  #kept: number | undefined;

  apply(change: Change): void {
    if ('size' in change) this.#resize(change.size);
    else this.#write(change.offset, change.data);
  }

  /** Each sector by itself; the size may have grown although the bytes never came. */
  applySome(change: Change, withGarbage: boolean, random: () => number): void {
    if ('size' in change) {
      if (random() < 0.5) this.#resize(change.size);
      return;
    }
    this.#kept ??= this.bytes.length;
    const { offset, data } = change;
    const share = [0, 0.3, 0.7, 1][Math.floor(random() * 4)]!;
    if (random() < 0.5) this.#resize(Math.max(this.bytes.length, offset + data.length));
    for (let at = 0; at < data.length; ) {
      const end = Math.min(data.length, at + SECTOR - ((offset + at) % SECTOR));
      if (random() < share) this.#write(offset + at, data.subarray(at, end));
      else if (withGarbage && offset + at < this.bytes.length) this.#spoil(offset + at, offset + end, random);
      at = end;
    }
  }

  #spoil(from: number, to: number, random: () => number): void {
    for (let at = Math.max(from, this.#kept!); at < Math.min(to, this.bytes.length); at += 1) this.bytes[at] = Math.floor(random() * 256);
  }

  #write(offset: number, data: Uint8Array): void {
    if (data.length === 0) return;
    if (this.bytes.length < offset + data.length) this.#resize(offset + data.length);
    this.bytes.set(data, offset);
  }

  #resize(size: number): void {
    this.bytes =
      size <= this.bytes.length ? this.bytes.subarray(0, size) : Buffer.concat([this.bytes, Buffer.alloc(size - this.bytes.length)]);
  }
}
