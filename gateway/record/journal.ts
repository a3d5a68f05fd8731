import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { DiskReserve } from './disk-reserve.ts';
import { encodeMark, FrameQueue, type Turn } from './frame-queue.ts';
import { RecorderDown } from './record-errors.ts';
import { type SegmentFile, segmentName } from './segment-file.ts';
import { isFullDisk, SegmentSequence } from './segment-sequence.ts';
import { SyncPace } from './sync-pace.ts';
import { SyncWaiters } from './sync-waiters.ts';

const BATCH_BYTES = 1_048_576;
const IDLE_MARK_MS = 20;
const RETRY_FULL_MS = 200;

export type JournalOptions = {
  /** The folder of the segments. */
  readonly directory: string;
  readonly epoch: number;
  readonly segmentBytes: number;
  readonly queueBytes: number;
  readonly reserve: DiskReserve;
  /** The frames that a segment begins with: its header and the writer's state at this point. */
  readonly segmentHead: (number: number, nonce: Buffer) => Buffer;
  readonly onDown: (error: Error) => void;
};

/**
 * The append-only log: batches of at most 1 MB, one write and one fdatasync in flight (the next batch is written while the last is synced),
 * everyone who waits for durability in the meantime shares the next sync.
 */
export class Journal {
  readonly queue = new FrameQueue();
  readonly #options: JournalOptions;
  readonly #segments: SegmentSequence;
  /** The segment that frames appended now will go to. */
  #segmentsPlanned = 1;
  #plannedSegment: string;
  #segmentAppended = 0;
  #written = 0;
  #nonce: Buffer = randomBytes(16);
  #durablePosition = 0;
  #markedPosition = 0;
  #isWriting = false;
  #isSyncing = false;
  #isScheduled = false;
  #isSealed = false;
  #wantsMark = false;
  #waiting: SyncWaiters | undefined;
  #lastCount = 0;
  readonly #pace = new SyncPace();
  #drainWaiters: SyncWaiters | undefined;
  #failure: Error | undefined;
  #markTimer: NodeJS.Timeout | undefined;
  isFull = false;
  fsyncs = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#plannedSegment = segmentName(options.epoch, this.#segmentsPlanned);
    this.#segments = new SegmentSequence(options.directory, options.epoch, () => this.#delayForRoom());
  }

  /** Makes the first segment durable; nothing may be acknowledged before. */
  async open(): Promise<void> {
    await this.#segments.begin(this.#options.segmentHead(1, this.#nonce));
    this.#startMarks(this.#nonce);
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  get segmentName(): string {
    return this.#segments.file.name;
  }

  /** Where what is appended now will stand. */
  get plannedSegment(): string {
    return this.#plannedSegment;
  }

  get queuedBytes(): number {
    return this.queue.appended - this.#written;
  }

  get isRoomy(): boolean {
    return this.queuedBytes < this.#options.queueBytes;
  }

  /** To be called where the writer's state is consistent: a segment begins with that state. */
  turnIfLarge(): void {
    if (this.queue.appended - this.#segmentAppended >= this.#options.segmentBytes) this.turn();
  }

  /** What is appended from now on stands in a fresh segment. */
  turn(): void {
    this.#segmentsPlanned += 1;
    this.#plannedSegment = segmentName(this.#options.epoch, this.#segmentsPlanned);
    const nonce = randomBytes(16);
    this.queue.turn(this.#options.segmentHead(this.#segmentsPlanned, nonce), nonce);
    this.#segmentAppended = this.queue.appended;
    this.schedule();
  }

  schedule(): void {
    if (this.#isScheduled || this.#isWriting) return;
    this.#isScheduled = true;
    setImmediate(this.#flush);
  }

  /** Resolves when all appended so far survives power loss. */
  durable(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#down());
    this.#waiting ??= new SyncWaiters();
    this.schedule();
    return this.#waiting.join(this.queue.appended);
  }

  drained(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#down());
    if (this.isRoomy) return Promise.resolve();
    this.#drainWaiters ??= new SyncWaiters();
    return this.#drainWaiters.promise;
  }

  /** Lets other processes see what is durable (see encodeMark). */
  async mark(): Promise<void> {
    await this.durable();
    const segment = this.#segments.file;
    const position = this.#durablePosition;
    while (segment === this.#segments.file && this.#markedPosition < position && !this.#failure) {
      this.#wantsMark = true;
      this.schedule();
      await nextTurn();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#markTimer);
    if (!this.#failure) {
      await this.durable();
      await this.#settle();
      this.#isSealed = true;
      await this.#segments.seal();
    }
    await this.#segments.file.close();
  }

  readonly #flush = (): void => {
    this.#isScheduled = false;
    if (this.#isWriting || this.#isSealed || this.#failure) return;
    const taken = this.queue.take(BATCH_BYTES);
    if (taken !== undefined && 'turn' in taken) this.#turn(taken);
    else this.#write(taken ?? []);
  };

  #write(buffers: Buffer[]): void {
    const bytes = this.queue.taken;
    const mark = this.#durablePosition;
    if (mark > this.#markedPosition && (buffers.length > 0 || this.#wantsMark)) buffers.unshift(encodeMark(mark, this.#nonce));
    this.#wantsMark = false;
    this.#isWriting = buffers.length > 0;
    if (buffers.length === 0) this.#sync();
    else this.#attempt(buffers, bytes, mark);
  }

  #attempt(buffers: Buffer[], bytes: number, mark: number): void {
    this.#segments.file.write(buffers, (error, left) => {
      // Nothing is lost while the disk is full: the same bytes are written at the same place once there is room.
      if (isFullDisk(error)) setTimeout(() => this.#attempt(left, bytes, mark), this.#delayForRoom());
      else if (error) this.#fail(error);
      else this.#onWritten(bytes, mark);
    });
  }

  #onWritten(bytes: number, mark: number): void {
    this.#isWriting = false;
    this.#written = bytes;
    this.#markedPosition = mark;
    this.queue.written();
    this.#releaseDrained();
    this.#sync();
    if (!this.queue.isEmpty || this.#wantsMark) this.#flush();
  }

  #delayForRoom(): number {
    const isReleased = this.#options.reserve.release();
    this.isFull = true;
    return isReleased ? 0 : RETRY_FULL_MS;
  }

  #sync(): void {
    const waiting = this.#waiting;
    if (this.#isSyncing || waiting === undefined || this.#failure) return;
    if (waiting.upTo > this.#written || waiting.gathers(this.#lastCount, () => this.#sync())) return;
    this.#waiting = undefined;
    const isAlone = waiting.count === 1 && this.#lastCount <= 1;
    this.#lastCount = waiting.count;
    this.#isSyncing = true;
    const segment = this.#segments.file;
    const { position } = segment;
    const onSynced = (error: Error | null): void => this.#onSynced(error, waiting, segment, position);
    if (isAlone && this.#pace.isQuick()) this.#pace.time(() => segment.syncAtOnce(onSynced));
    else segment.sync(onSynced);
  }

  #onSynced(error: Error | null, waiting: SyncWaiters, segment: SegmentFile, position: number): void {
    this.#isSyncing = false;
    if (error) {
      waiting.reject(new RecorderDown(`The journal cannot be made durable: ${error.message}`, { cause: error }));
      this.#fail(error);
      return;
    }
    this.fsyncs += 1;
    if (segment === this.#segments.file) this.#durablePosition = position;
    waiting.resolve();
    this.#markWhenIdle();
    this.#sync();
  }

  #markWhenIdle(): void {
    this.#markTimer ??= setTimeout(() => {
      this.#markTimer = undefined;
      this.#wantsMark = true;
      this.schedule();
    }, IDLE_MARK_MS).unref();
  }

  #turn(turn: Turn): void {
    this.#isWriting = true;
    this.#changeSegment(turn).then(
      () => {
        this.#isWriting = false;
        this.#sync();
        this.#flush();
      },
      (error: Error) => this.#fail(error),
    );
  }

  async #changeSegment({ head, nonce }: Turn): Promise<void> {
    while (this.#isSyncing) await nextTurn();
    await this.#segments.change(head);
    this.#startMarks(nonce);
  }

  #startMarks(nonce: Buffer): void {
    this.#nonce = nonce;
    this.#markedPosition = 0;
    this.#durablePosition = this.#segments.file.position;
  }

  async #settle(): Promise<void> {
    while ((this.#isWriting || this.#isSyncing || !this.queue.isEmpty) && !this.#failure) await nextTurn();
  }

  #releaseDrained(): void {
    if (this.#drainWaiters === undefined || this.queuedBytes > this.#options.queueBytes / 2) return;
    this.#drainWaiters.resolve();
    this.#drainWaiters = undefined;
  }

  /** The writer stops for good: after a failed sync nobody knows what the disk holds (never retry fsync on the same descriptor). */
  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#waiting?.reject(this.#down());
    this.#drainWaiters?.reject(this.#down());
    this.#waiting = undefined;
    this.#drainWaiters = undefined;
    this.#options.onDown(error);
  }

  #down(): RecorderDown {
    const place = path.join(this.#options.directory, this.#segments.file.name);
    return new RecorderDown(`The recorder stopped: ${this.#failure?.message} (${place}). Restart the gateway when the disk is sound.`, {
      cause: this.#failure,
    });
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
