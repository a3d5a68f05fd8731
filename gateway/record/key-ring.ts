import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { createSignerKey, type SignerKey } from '../../shared/bundle/ed25519-key.ts';
import { keyRotationSchema } from '../../shared/bundle/format.ts';
import { syncDirectoryNow } from '../durable/sync-directory.ts';
import { writeDurably } from '../durable/write-durably.ts';
import { readSegmentHead } from './inspect-segment.ts';
import { listSegments } from './list-segments.ts';
import { loadKey, loadOrCreateKey, writeKeyFile, writerKeyFile } from './writer-key.ts';

const HOUR_MS = 3_600_000;
export const DEFAULT_OVERLAP_MS = 24 * HOUR_MS;

/** Public facts of the writer's keys, oldest first. `rotation`: the proof with which the key before it announced it. */
const keyEpochSchema = z.strictObject({
  keyEpoch: z.int().positive(),
  key: z.string(),
  validFrom: z.string(),
  validTo: z.string().optional(),
  rotation: keyRotationSchema.optional(),
});
const ringFileSchema = z.strictObject({ epochs: z.array(keyEpochSchema).min(1) });
export type KeyEpoch = z.infer<typeof keyEpochSchema>;

/** Who asked for it, and why, goes into the log with the new key. */
const requestSchema = z.strictObject({
  overlapMs: z.int().min(0),
  by: z.string().min(1).max(1_024).optional(),
  reason: z.string().max(2_000).optional(),
});
export type RotationRequest = z.infer<typeof requestSchema>;
type Announcement = RotationRequest & { readonly keyEpoch: number; readonly key: string; readonly supersedes: string };

const toFileText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const folderOf = (directory: string): string => path.dirname(writerKeyFile(directory));
const nextKeyFile = (directory: string): string => `${writerKeyFile(directory)}.next`;
const requestFile = (directory: string): string => path.join(folderOf(directory), 'rotation.json');
const epochsFile = (directory: string): string => path.join(folderOf(directory), 'epochs.json');

/** A rotation is under way already; the message says until when. */
export class RotationRefused extends Error {
  override readonly name = 'RotationRefused';
}

/** All public keys of the writer so far. Works beside a running gateway. */
export function readKeyEpochs(directory: string): readonly KeyEpoch[] {
  const file = epochsFile(directory);
  if (existsSync(file)) return ringFileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).epochs;
  return existsSync(writerKeyFile(directory)) ? [firstEpoch(directory, loadKey(writerKeyFile(directory)))] : [];
}

/**
 * Makes the key of the next epoch, which the writer announces when it next looks: at once when it runs, else at its start. Done again, it changes nothing.
 * The request is on disk before the key, and the key whole before anybody signs with it.
 */
export function requestRotation(directory: string, overlapMs: number, asked: Omit<RotationRequest, 'overlapMs'> = {}): void {
  const epochs = readKeyEpochs(directory);
  const newest = epochs.at(-1);
  if (newest === undefined) throw new RotationRefused('There is no key to rotate yet: the gateway makes its own when it first runs.');
  const next = existsSync(nextKeyFile(directory)) ? loadKey(nextKeyFile(directory)) : undefined;
  if (next !== undefined && next.text === newest.key)
    throw new RotationRefused(`A rotation is under way: the old key signs beside the new one until ${epochs.at(-2)?.validTo}.`);
  writeDurably(requestFile(directory), toFileText({ overlapMs, ...asked }));
  if (next === undefined) writeKeyFile(nextKeyFile(directory), createSignerKey(loadKey(writerKeyFile(directory)).name));
}

/** The private keys of the one writer that holds the lease, through the states of a rotation: requested, announced (both sign), retired. */
export class KeyRing {
  readonly #directory: string;
  #current: SignerKey;
  #next: SignerKey | undefined;
  #epochs: KeyEpoch[];

  private constructor(directory: string, current: SignerKey) {
    this.#directory = directory;
    this.#current = current;
    this.#epochs = [...readKeyEpochs(directory)];
    // Somebody put another key there by hand: a new epoch that nothing leads to.
    if (!this.#epochs.some(({ key }) => key === current.text)) this.#epochs.push(foreignEpoch(directory, current, this.#epochs.at(-1)!));
    this.#writeEpochs();
    this.look();
  }

  static open(directory: string, name: string): KeyRing {
    return new KeyRing(directory, loadOrCreateKey(writerKeyFile(directory), name));
  }

  get name(): string {
    return this.#current.name;
  }

  /** Who signs checkpoints now: the old key before the new one while both do. */
  get signers(): readonly SignerKey[] {
    return this.#next === undefined ? [this.#current] : [this.#current, this.#next];
  }

  get isRotating(): boolean {
    return this.#next !== undefined;
  }

  /** Sees a key that was requested meanwhile. */
  look(): void {
    if (this.#next === undefined && existsSync(nextKeyFile(this.#directory))) this.#next = loadKey(nextKeyFile(this.#directory));
  }

  /** What must enter the log now; `undefined` when no key waits for it. After a crash in between it is announced once more. */
  announcement(): Announcement | undefined {
    const newest = this.#epochs.at(-1)!;
    if (this.#next === undefined || newest.key === this.#next.text) return undefined;
    return { keyEpoch: newest.keyEpoch + 1, key: this.#next.text, supersedes: this.#current.text, ...readRequest(this.#directory) };
  }

  /** The entry and a checkpoint that both signed are durable. */
  announced(at: string, overlapUntil: string, rotation: KeyEpoch['rotation']): void {
    const before = this.#epochs.pop()!;
    const key = this.#next!.text;
    this.#epochs.push({ ...before, validTo: overlapUntil }, { keyEpoch: before.keyEpoch + 1, key, validFrom: at, rotation });
    this.#writeEpochs();
  }

  /** Destroys the old key once its time is over. */
  retireIfDue(now: Date): boolean {
    const [before, newest] = this.#epochs.slice(-2);
    if (this.#next === undefined || newest?.key !== this.#next.text || before?.validTo === undefined) return false;
    if (now.getTime() < Date.parse(before.validTo)) return false;
    replaceAndScrub(nextKeyFile(this.#directory), writerKeyFile(this.#directory));
    rmSync(requestFile(this.#directory), { force: true });
    syncDirectoryNow(folderOf(this.#directory));
    this.#current = this.#next;
    this.#next = undefined;
    return true;
  }

  #writeEpochs(): void {
    writeDurably(epochsFile(this.#directory), toFileText({ epochs: this.#epochs }));
  }
}

/** A key from before there were epochs is valid since its file or the first segment was made, whichever is older. */
function firstEpoch(directory: string, key: SignerKey): KeyEpoch {
  const made = statSync(writerKeyFile(directory)).mtime.toISOString();
  const [first] = existsSync(path.join(directory, 'journal')) ? listSegments(directory) : [];
  const began = first === undefined ? undefined : readSegmentHead(first)?.head.at;
  return { keyEpoch: 1, key: key.text, validFrom: began !== undefined && began < made ? began : made };
}

const foreignEpoch = (directory: string, key: SignerKey, before: KeyEpoch): KeyEpoch => ({
  ...firstEpoch(directory, key),
  keyEpoch: before.keyEpoch + 1,
  validFrom: statSync(writerKeyFile(directory)).mtime.toISOString(),
});

function readRequest(directory: string): RotationRequest {
  try {
    return requestSchema.parse(JSON.parse(readFileSync(requestFile(directory), 'utf8')));
  } catch {
    return { overlapMs: DEFAULT_OVERLAP_MS };
  }
}

/** Renames over the old key, so that there is a whole key at every moment; the bytes of the old one are overwritten as far as the disk lets us. */
function replaceAndScrub(from: string, to: string): void {
  const old = openSync(to, 'r+');
  try {
    const { size } = statSync(to);
    renameSync(from, to);
    syncDirectoryNow(path.dirname(to));
    writeSync(old, Buffer.alloc(size), 0, size, 0);
    fsyncSync(old);
    ftruncateSync(old, 0);
  } finally {
    closeSync(old);
  }
}
