import path from 'node:path';
import { isKeyName } from '../../shared/bundle/ed25519-key.ts';
import { FORMAT_VERSION } from '../../shared/bundle/format.ts';
import { ensureDirectory, syncDirectoryNow } from '../durable/sync-directory.ts';
import type { Carry } from './carry.ts';
import { findLost, noteGrown } from './check-grown.ts';
import { RecordClock } from './clock.ts';
import { recoverColumns } from './columns/recover-columns.ts';
import { DiskReserve } from './disk-reserve.ts';
import { openEscrow } from './escrow/open-escrow.ts';
import { frameTypes } from './frame.ts';
import { encodeFrame } from './frame-queue.ts';
import { Journal } from './journal.ts';
import { JournalRecorder } from './journal-recorder.ts';
import { KeyRing } from './key-ring.ts';
import { takeLease } from './lease.ts';
import { journalFolder } from './list-segments.ts';
import { reconcileExchanges } from './reconcile-exchanges.ts';
import { JournalLost } from './record-errors.ts';
import type { Recorder, RecorderOptions } from './recorder.ts';
import { recoverJournal } from './recover-journal.ts';
import { createSalts } from './salts.ts';
import { SOFTWARE } from './software.ts';
import { writerKeyFile } from './writer-key.ts';

const MEBIBYTE = 1_048_576;
const SIGN_EVERY_MS = 2_000;
const HEARTBEAT_MS = 60_000;
const WATCH_EVERY_MS = 1_000;
const noCarry: Carry = { writerLog: { size: 0, border: [] }, lastSessionNumber: 0, newest: undefined, sessions: [], exchanges: [] };

/**
 * Takes the lease of `directory`, ends what a crashed writer left open, begins a fresh segment.
 * Throws JournalLeased (another gateway writes there) JournalDamaged, and JournalLost (a human must look).
 */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { directory } = options;
  const name = options.writerName ?? 'steno.local/gateway';
  if (!isKeyName(name)) throw new TypeError(`"${name}" cannot name a writer: no spaces, no plus signs, not empty`);
  const lease = takeLease(directory);
  try {
    ensureDirectory(journalFolder(directory));
    return await beginRecorder(options, name, lease.epoch, lease.release);
  } catch (error) {
    lease.release();
    throw error;
  }
}

async function beginRecorder(options: RecorderOptions, name: string, epoch: number, release: () => void): Promise<Recorder> {
  const { directory } = options;
  const keys = KeyRing.open(directory, name);
  if (keys.isRotating) keys.retireIfDue(options.now?.() ?? new Date());
  makeKeysDurable(path.dirname(writerKeyFile(directory)));
  const recovered = recoverJournal(directory);
  const carry = recovered.carry ?? noCarry;
  const lost = findLost(directory, carry.writerLog.size);
  if (lost !== undefined) throw new JournalLost(directory, lost);
  const sessionIds = new Map(carry.sessions.map((session) => [session.number, session.sessionId]));
  const reconciled = await reconcileExchanges(carry.exchanges, sessionIds, options.reconcile);
  const columns = recoverColumns(directory, carry, recovered.answers);
  const escrow = options.escrow && (await openEscrow(options.escrow.recipients));
  const clock = new RecordClock(options.now, carry.newest, options.monotonicUs);
  const reserve = new DiskReserve(directory, options.reserveBytes ?? 8 * MEBIBYTE);
  const journal: Journal = new Journal({
    directory: journalFolder(directory),
    epoch,
    segmentBytes: options.segmentBytes ?? 256 * MEBIBYTE,
    queueBytes: options.queueBytes ?? 16 * MEBIBYTE,
    reserve,
    segmentHead: (number, nonce) => {
      const head = { formatVersion: FORMAT_VERSION, writer: keys.name, epoch, number, at: clock.stamp().at, nonce: nonce.toString('hex') };
      return Buffer.concat([jsonFrame(frameTypes.segment, head), jsonFrame(frameTypes.carry, recorder.carry())]);
    },
    onDown: (error) => options.onDown?.(error),
  });
  const timers: NodeJS.Timeout[] = [];
  const writer = { writer: keys.name, key: keys.signers[0]!.text };
  const recorder: JournalRecorder = new JournalRecorder({
    directory,
    journal,
    keys,
    onSigned: options.onSigned,
    clock,
    salts: options.salts ?? createSalts(),
    reserve,
    ...recovered,
    carry,
    escrow,
    columnsEveryMs: options.columnsEveryMs,
    release: () => {
      for (const timer of timers) clearInterval(timer);
      if (journal.failure === undefined) noteGrown(directory, { ...writer, size: recorder.carry().writerLog.size });
      release();
    },
  });
  journal.isFull = !reserve.take();
  await journal.open();
  await recorder.recover(epoch, SOFTWARE, reconciled, columns);
  noteGrown(directory, { ...writer, size: carry.writerLog.size + 1 });
  timers.push(...startTimers(recorder, options));
  return recorder;
}

/** Whoever made them may not have lived to sync their names. */
function makeKeysDurable(folder: string): void {
  ensureDirectory(folder);
  syncDirectoryNow(folder);
}

/** Signed at most every 2 s while there is news, else at every heartbeat. */
function startTimers(
  recorder: JournalRecorder,
  { heartbeatMs = HEARTBEAT_MS, signEveryMs = SIGN_EVERY_MS }: Pick<RecorderOptions, 'heartbeatMs' | 'signEveryMs'>,
): NodeJS.Timeout[] {
  let signedAt = performance.now();
  const tickMs = Math.min(signEveryMs, heartbeatMs);
  const sign = (): void => {
    const isIdle = !recorder.signNews();
    // One tick early, so that two entries are never further apart than a heartbeat.
    if (isIdle && performance.now() - signedAt < heartbeatMs - tickMs) return;
    if (isIdle) recorder.heartbeat();
    signedAt = performance.now();
  };
  const watch = (): void => {
    recorder.watchDisk();
    // A journal that went down says so to every exchange.
    recorder.tendKeys().catch(() => undefined);
  };
  return [setInterval(sign, tickMs).unref(), setInterval(watch, WATCH_EVERY_MS).unref()];
}

const jsonFrame = (type: typeof frameTypes.segment | typeof frameTypes.carry, value: unknown): Buffer =>
  encodeFrame(type, 0, 0, Buffer.from(JSON.stringify(value)));
