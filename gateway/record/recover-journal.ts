import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { ensureDirectory, syncDirectoryNow } from '../durable/sync-directory.ts';
import type { Carry } from './carry.ts';
import { AnswerFollower } from './columns/follow-answers.ts';
import { frameTypes } from './frame.ts';
import { encodeFrame } from './frame-queue.ts';
import { latestMark, markOf, readSegmentHead } from './inspect-segment.ts';
import { JournalState } from './journal-state.ts';
import { listSegments, quarantineFolder } from './list-segments.ts';
import { type Frame, readFrames } from './read-frames.ts';
import { JournalDamaged } from './record-errors.ts';

export type SegmentReport = {
  readonly file: string;
  readonly state: JournalState;
  /** Offset of the first byte that belongs to no sound frame; the size of the file when all is sound. */
  readonly end: number;
  readonly size: number;
  readonly isSealed: boolean;
  readonly fault: string | undefined;
};

export type Recovered = {
  readonly carry: Carry | undefined;
  readonly closedSessionIds: ReadonlySet<string>;
  readonly quarantinedBytes: number;
  /** Whose columns are due; undefined when earlier segments must be read for that. */
  readonly answers: AnswerFollower | undefined;
};

/** Reads one segment from its own carried state, and shows each sound frame to `onFrame`, with where the kind of a session's leaf stands in it. Throws JournalDamaged when something before the last durable point is unsound. */
export function readSegment(file: string, onFrame?: (frame: Frame, kindAt: number) => void): SegmentReport {
  const opening = readSegmentHead(file);
  if (opening === undefined) throw new JournalDamaged(path.basename(file), 0, 'the segment does not begin with its header');
  const state = new JournalState(file, opening.carry);
  const frames = readFrames(file);
  let durable = 0;
  for (;;) {
    const step = frames.next();
    if (step.done) {
      const { offset, size, fault, isSealed } = step.value;
      if (fault !== undefined && (isSealed || Math.max(durable, latestMark(file, offset, opening.head.nonce)) > offset)) {
        throw new JournalDamaged(path.basename(file), offset, `${fault}, before the last durable point`);
      }
      return { file, state, end: offset, size, isSealed, fault };
    }
    if (step.value.header.type === frameTypes.mark) durable = markOf(step.value);
    try {
      const kindAt = state.take(step.value);
      onFrame?.(step.value, kindAt);
    } catch (error) {
      throw new JournalDamaged(path.basename(file), step.value.offset, error instanceof Error ? error.message : String(error));
    }
  }
}

/** The state that the last writer left, its torn tail cut and kept in quarantine. Nothing sound is ever removed. */
export function recoverJournal(directory: string): Recovered {
  let quarantinedBytes = 0;
  for (;;) {
    const last = listSegments(directory).at(-1);
    if (last === undefined) return { carry: undefined, closedSessionIds: new Set(), quarantinedBytes, answers: undefined };
    if (readSegmentHead(last) === undefined) {
      quarantinedBytes += quarantineUnborn(directory, last);
      continue;
    }
    const name = path.basename(last);
    const answers = new AnswerFollower(directory, name);
    const report = readSegment(last, (frame, kindAt) => answers.follow(name, frame, kindAt));
    if (!report.isSealed) quarantinedBytes += cutTail(directory, report);
    const carry = report.state.carry();
    const isAll = carry.columnsFrom === name;
    return { carry, closedSessionIds: report.state.closedSessionIds, quarantinedBytes, answers: isAll ? answers : undefined };
  }
}

/** A segment whose very beginning never reached the disk holds nothing that was acknowledged: its first sync comes before any of its records. */
function quarantineUnborn(directory: string, file: string): number {
  if (latestMark(file, 0, undefined) > 0)
    throw new JournalDamaged(path.basename(file), 0, 'the segment has durable records but no sound header');
  const { size } = statSync(file);
  const folder = createQuarantine(directory);
  renameSync(file, path.join(folder, `${path.basename(file)}.unborn`));
  syncDirectoryNow(folder);
  syncDirectoryNow(path.dirname(file));
  return size;
}

function cutTail(directory: string, report: SegmentReport): number {
  const torn = report.size - report.end;
  if (torn > 0) keepTail(directory, report);
  const fd = openSync(report.file, 'r+');
  try {
    ftruncateSync(fd, report.end);
    // Else a power loss could keep the seal and bring back the tail, or the zeros, behind it.
    fsyncSync(fd);
    const seal = encodeFrame(frameTypes.seal, 0, 0, Buffer.alloc(0));
    writeSync(fd, seal, 0, seal.length, report.end);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return torn;
}

function keepTail(directory: string, { file, end, size }: SegmentReport): void {
  const folder = createQuarantine(directory);
  const from = openSync(file, 'r');
  const to = openSync(path.join(folder, `${path.basename(file)}.torn-at-${end}`), 'w', 0o600);
  try {
    const tail = Buffer.alloc(size - end);
    writeSync(to, tail.subarray(0, readSync(from, tail, 0, tail.length, end)));
    fsyncSync(to);
  } finally {
    closeSync(from);
    closeSync(to);
  }
  syncDirectoryNow(folder);
}

function createQuarantine(directory: string): string {
  const folder = quarantineFolder(directory);
  ensureDirectory(folder);
  return folder;
}
