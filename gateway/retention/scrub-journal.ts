import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncDirectoryNow } from '../durable/sync-directory.ts';
import { type Carry, carrySchema } from '../record/carry.ts';
import { frameTypes, HEADER_BYTES, writeHeader } from '../record/frame.ts';
import { encodeFrame } from '../record/frame-queue.ts';
import { journalFolder, listSegments, quarantineFolder, segmentIndexFile } from '../record/list-segments.ts';
import { type Frame, readFrames } from '../record/read-frames.ts';

const DRAFT = '.scrubbed';

/**
 * Takes sessions out of the finished segments of a journal: each of their frames becomes an empty one of the same length, so that everything else stays
 * where it was, also for those who are reading it. A segment is replaced as a whole: a crash leaves the old one or the new one. Segments that are
 * still written are left alone: begin a new one first. Returns the names of the segments that were rewritten.
 */
export function scrubJournal(directory: string, sessions: ReadonlySet<number>, files = listSegments(directory)): string[] {
  removeDrafts(directory);
  return files.filter((file) => existsSync(file) && scrubSegment(file, sessions));
}

/** Torn tails hold bytes of nobody knows whom, none of them ever acknowledged. Returns how many there were. */
export function removeQuarantine(directory: string): number {
  const folder = quarantineFolder(directory);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names) unlinkSync(join(folder, name));
  if (names.length > 0) syncDirectoryNow(folder);
  return names.length;
}

function scrubSegment(file: string, sessions: ReadonlySet<number>): boolean {
  if (!isFinished(file) || !mentions(file, sessions)) return false;
  const draft = `${file}${DRAFT}`;
  const from = openSync(file, 'r');
  const to = openSync(draft, 'w', 0o600);
  try {
    for (const frame of readFrames(file)) writeAll(to, toKept(frame, sessions) ?? readRaw(from, frame), frame.offset);
    fsyncSync(to);
  } finally {
    closeSync(from);
    closeSync(to);
  }
  if (statSync(draft).size !== statSync(file).size) throw new Error(`${file} could not be rewritten frame by frame; it stays as it is`);
  renameSync(draft, file);
  rmSync(segmentIndexFile(file), { force: true });
  syncDirectoryNow(join(file, '..'));
  return true;
}

/** What stands in place of a frame; `undefined`: the frame itself. */
function toKept(frame: Frame, sessions: ReadonlySet<number>): Buffer | undefined {
  const { header, payload } = frame;
  if (header.type === frameTypes.carry) return withoutSessions(payload, sessions);
  return header.session > 0 && sessions.has(header.session) ? emptyFrame(header.length) : undefined;
}

/** A piece of a body of no session: every reader passes over it. */
function emptyFrame(length: number): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + length);
  writeHeader(frame, 0, length, frameTypes.body, 0, 0, 0, 0, crc32(frame.subarray(HEADER_BYTES)));
  return frame;
}

/** The carried state without the sessions, filled up with blanks, which JSON takes. */
function withoutSessions(payload: Buffer, sessions: ReadonlySet<number>): Buffer | undefined {
  const carry = carrySchema.parse(JSON.parse(payload.toString('utf8')));
  const isKept = ({ sessions: all, exchanges }: Carry): boolean =>
    !all.some((one) => sessions.has(one.number)) && !exchanges.some((one) => sessions.has(one.session));
  if (isKept(carry)) return undefined;
  const left: Carry = {
    ...carry,
    sessions: carry.sessions.filter((one) => !sessions.has(one.number)),
    exchanges: carry.exchanges.filter((one) => !sessions.has(one.session)),
  };
  const text = Buffer.from(JSON.stringify(left));
  const filled = Buffer.alloc(payload.length, ' ');
  text.copy(filled);
  return text.length > payload.length ? undefined : encodeFrame(frameTypes.carry, 0, 0, filled);
}

function isFinished(file: string): boolean {
  const frames = readFrames(file, { bodies: 'skip' });
  for (;;) {
    const step = frames.next();
    if (step.done) return step.value.isSealed;
  }
}

function mentions(file: string, sessions: ReadonlySet<number>): boolean {
  for (const { header, payload } of readFrames(file, { bodies: 'skip' })) {
    if (sessions.has(header.session)) return true;
    if (header.type === frameTypes.carry && withoutSessions(payload, sessions) !== undefined) return true;
  }
  return false;
}

function readRaw(fd: number, { offset, header }: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + header.length);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(fd, bytes, at, bytes.length - at, offset + at);
    if (read === 0) throw new Error('the segment ended while it was read');
    at += read;
  }
  return bytes;
}

function writeAll(fd: number, bytes: Buffer, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, position + at);
}

function removeDrafts(directory: string): void {
  const folder = journalFolder(directory);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) if (name.endsWith(DRAFT)) unlinkSync(join(folder, name));
}
