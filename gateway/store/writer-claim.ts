// One writer for each store. No clocks are compared: each side measures how long it has waited itself.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ObjectExists, ObjectMissing, type RecordingStore } from './recording-store.ts';

const folder = 'writers/';

/** `beatMs`: how often the holder says that it lives. `graceMs`: silence after which another may take over; the holder stops by itself after half of it. */
export type ClaimPace = { readonly beatMs: number; readonly graceMs: number };
export type WriterClaim = {
  /** Why nothing may be recorded now; undefined while this gateway is the only writer for sure. */
  refusal(): string | undefined;
  /** Gives the claim back, so that the next gateway need not wait. */
  close(): Promise<void>;
};

/** Another gateway writes to this store: it was heard from a moment ago. */
export class StoreClaimed extends Error {
  override readonly name = 'StoreClaimed';

  constructor(holder: string) {
    super(
      `Another gateway writes to this store: ${holder}. Stop it, or give this one a folder, or a prefix of the bucket, of its own (storage).`,
    );
  }
}

const content = z.object({ holder: z.string(), place: z.string(), claim: z.string() });
type Content = z.output<typeof content>;

/**
 * Claims are numbered, and no number can be taken twice: the highest is the writer. Its beats stand beside it. Who wants to follow a holder that did not
 * give back waits until no beat came for `graceMs`, takes the next number, and waits half as long again: a holder that still lives has either seen the new
 * claim by then, or not been able to look for so long that it stopped. `place` names the machine's run and the data directory: there the operating
 * system's lock has shown already that the holder is dead, and nobody waits. Throws StoreClaimed, StoreUnavailable.
 */
export async function claimWriter(
  store: RecordingStore,
  { holder, place, onWait }: { readonly holder: string; readonly place: string; readonly onWait?: (holder: string, ms: number) => void },
  pace: ClaimPace = { beatMs: 10_000, graceMs: 60_000 },
): Promise<WriterClaim> {
  const last = await readLast(store);
  const mustWait = last !== undefined && !last.isReleased && last.content.place !== place;
  if (mustWait) {
    onWait?.(last.content.holder, pace.graceMs * 1.5);
    await waitForSilence(store, last, pace);
  }
  const work = await mkdtemp(path.join(os.tmpdir(), 'steno-claim-'));
  try {
    const file = path.join(work, 'claim.json');
    await writeFile(file, JSON.stringify({ holder, place, claim: randomUUID() } satisfies Content));
    const claim = new Claim(store, (last?.number ?? 0) + 1, file, pace);
    await claim.begin();
    if (mustWait) await sleep(pace.graceMs / 2);
    await claim.beat();
    claim.keepBeating();
    return claim;
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

type Last = { readonly number: number; readonly content: Content; readonly beats: string; readonly isReleased: boolean };

async function readLast(store: RecordingStore): Promise<Last | undefined> {
  const names = (await Array.fromAsync(store.list(folder))).map(({ name }) => name);
  const number = Math.max(0, ...names.map(numberOf));
  if (number === 0) return undefined;
  const own = names.filter((name) => numberOf(name) === number);
  const beats = own.filter((name) => name.includes('/beat-')).join();
  return { number, content: await readContent(store, claimName(number)), beats, isReleased: own.includes(releaseName(number)) };
}

async function readContent(store: RecordingStore, name: string): Promise<Content> {
  try {
    return content.parse(JSON.parse(Buffer.concat(await Array.fromAsync(store.read(name))).toString()));
  } catch (error) {
    if (error instanceof ObjectMissing) return { holder: 'one that just stopped', place: '', claim: '' };
    throw error;
  }
}

async function waitForSilence(store: RecordingStore, before: Last, { beatMs, graceMs }: ClaimPace): Promise<void> {
  for (const end = performance.now() + graceMs; performance.now() < end; ) {
    await sleep(Math.min(beatMs, Math.max(1, end - performance.now())));
    const now = await readLast(store);
    if (now?.isReleased === true && now.number === before.number) return;
    if (now?.number !== before.number || now.beats !== before.beats) throw new StoreClaimed(now?.content.holder ?? before.content.holder);
  }
}

class Claim implements WriterClaim {
  readonly #store: RecordingStore;
  readonly #number: number;
  readonly #file: string;
  readonly #pace: ClaimPace;
  #beats = 0;
  /** When the last beat that succeeded was begun. */
  #confirmedAt = Number.NEGATIVE_INFINITY;
  #successor: string | undefined;
  #trouble = 'it has not answered yet.';
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(store: RecordingStore, number: number, file: string, pace: ClaimPace) {
    this.#store = store;
    this.#number = number;
    this.#file = file;
    this.#pace = pace;
  }

  async begin(): Promise<void> {
    try {
      await this.#store.put(claimName(this.#number), this.#file);
    } catch (error) {
      if (error instanceof ObjectExists) throw new StoreClaimed('one that started at the same moment');
      throw error;
    }
  }

  /** Says that it lives, and only then looks whether someone followed: a follower waits for either. */
  async beat(): Promise<void> {
    const begun = performance.now();
    this.#beats += 1;
    await this.#store.put(beatName(this.#number, this.#beats), this.#file);
    const others: string[] = [];
    for await (const { name } of this.#store.list(folder)) others.push(name);
    const successor = others.find((name) => numberOf(name) > this.#number);
    if (successor !== undefined) {
      this.#successor = (await readContent(this.#store, claimName(numberOf(successor)))).holder;
      throw new StoreClaimed(this.#successor);
    }
    this.#confirmedAt = begun;
    await this.#forget(others.filter((name) => name !== beatName(this.#number, this.#beats) && name !== claimName(this.#number)));
  }

  /** Old beats and claims; where deleting is not allowed they stay and do no harm. */
  async #forget(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#store.delete(name).catch(() => undefined);
  }

  keepBeating(): void {
    this.#timer = setTimeout(() => {
      this.#beating = this.beat()
        .catch((error: Error) => {
          this.#trouble = error.message;
        })
        .finally(() => {
          if (!this.#isClosed && this.#successor === undefined) this.keepBeating();
        });
    }, this.#pace.beatMs).unref();
  }

  refusal(): string | undefined {
    if (this.#successor !== undefined) return new StoreClaimed(this.#successor).message;
    if (this.#isClosed) return 'The claim on the store of recordings was given back.';
    const silentMs = performance.now() - this.#confirmedAt;
    if (silentMs <= this.#pace.graceMs / 2) return undefined;
    return `The store of recordings did not confirm that this gateway is its only writer: ${this.#trouble} The gateway goes on by itself when it does.`;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#beating;
    if (this.#successor === undefined) await this.#store.put(releaseName(this.#number), this.#file).catch(() => undefined);
    await rm(path.dirname(this.#file), { recursive: true, force: true });
  }
}

const claimFolder = (number: number): string => `${folder}${String(number).padStart(8, '0')}`;
const claimName = (number: number): string => `${claimFolder(number)}/claim.json`;
const beatName = (number: number, beat: number): string => `${claimFolder(number)}/beat-${String(beat).padStart(10, '0')}.json`;
const releaseName = (number: number): string => `${claimFolder(number)}/released.json`;
const numberOf = (name: string): number => Number(name.slice(folder.length, name.indexOf('/', folder.length)));
