import { hash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { z } from 'zod';
import { disclosureValues } from '../../shared/bundle/format.ts';
import { segmentHeadSchema } from './carry.ts';
import { frameTypes } from './frame.ts';
import { latestMark, markOf, readSegmentHead } from './inspect-segment.ts';
import { segmentIndexFile } from './list-segments.ts';
import { type Frame, readFrames } from './read-frames.ts';
import { type SegmentFacts, SegmentScan } from './segment-scan.ts';

/** What is known of a segment without reading it again. `upTo`: no byte after it is known to be durable. */
export type IndexedSegment = {
  readonly file: string;
  readonly upTo: number;
  readonly isFinished: boolean;
  readonly facts: SegmentFacts;
  /** Where the frames of a session lie: from, to, from, to … */
  ranges(session: number): readonly number[];
};

const INDEX_VERSION = 1;
const DIGEST_BYTES = 64;
const NEAR_END_BYTES = 2 ** 20;

const count = z.int().nonnegative();
const headerSchema = z.strictObject({
  version: z.literal(INDEX_VERSION),
  /** Of the segment: its nonce and its size. */
  nonce: z.string(),
  bytes: count,
  logFirst: count,
  logHashes: z.array(z.string()),
  checkpoint: z.string().optional(),
  archived: z.array(z.strictObject({ sessionId: z.string(), revision: z.int() })),
  retired: z.array(z.string()),
  sessions: z.array(
    z.strictObject({
      number: z.int().positive(),
      opening: z
        .strictObject({
          sessionId: z.string(),
          name: z.string(),
          startedAt: z.string(),
          identity: z.strictObject({ line: z.string(), digest: z.string(), value: disclosureValues['session-identity'] }).optional(),
        })
        .optional(),
      exchanges: count,
      lastAt: z.string(),
      head: z.string().optional(),
    }),
  ),
  /** By session: where its line of ranges begins after this header, and its length. */
  places: z.array(z.tuple([z.int().positive(), count, count])),
});

/**
 * A finished segment is indexed once, in a file beside it: a header of one line, a line of ranges for each session, the SHA-256 of all that. An index
 * that is missing, damaged or of another segment is made again. A segment that is still being written is read up to its newest mark.
 */
export function indexSegment(file: string): IndexedSegment {
  return readIndex(file) ?? scanSegment(file);
}

/** Reads on where an earlier look at a growing segment ended, if there was one. */
export class GrowingSegment {
  readonly file: string;
  readonly #scan: SegmentScan;
  readonly #nonce: string | undefined;
  #upTo = 0;
  #isFinished = false;

  constructor(file: string) {
    this.file = file;
    const opening = readSegmentHead(file);
    this.#nonce = opening?.head.nonce;
    this.#scan = new SegmentScan(opening?.carry.writerLog.size ?? 0);
  }

  /** What is durable by now. */
  look(): IndexedSegment {
    if (!this.#isFinished) {
      this.#catchUp();
      const { upTo, isFinished } = durableEnd(this.file, this.#upTo);
      this.#readOn(upTo);
      this.#isFinished = isFinished;
    }
    const { facts, ranges } = this.#scan;
    return { file: this.file, upTo: this.#upTo, isFinished: this.#isFinished, facts, ranges: (session) => ranges.get(session) ?? [] };
  }

  /** Where much is new, the newest mark near the end tells how far it is durable, so that most is read once. */
  #catchUp(): void {
    const nearEnd = statSync(this.file).size - NEAR_END_BYTES;
    if (this.#nonce !== undefined && nearEnd > this.#upTo) this.#readOn(latestMark(this.file, nearEnd, this.#nonce));
  }

  #readOn(upTo: number): void {
    const frames = readFrames(this.file, { bodies: 'skip', from: this.#upTo, upTo });
    let step = frames.next();
    for (; !step.done; step = frames.next()) this.#scan.take(step.value);
    this.#upTo = step.value.offset;
  }

  /** Writes the index beside the segment; only for a finished one. Who may not write there goes without. */
  save(): void {
    try {
      writeIndex(this.file, this.#upTo, this.#scan);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
}

function scanSegment(file: string): IndexedSegment {
  const growing = new GrowingSegment(file);
  const segment = growing.look();
  if (segment.isFinished) growing.save();
  return segment;
}

/** Sealed segments are durable to their end, the one being written up to its newest mark. */
function durableEnd(file: string, from: number): { readonly upTo: number; readonly isFinished: boolean } {
  const frames = readFrames(file, { bodies: 'skip', from });
  let mark = 0;
  for (;;) {
    const step = frames.next();
    if (step.done) return step.value.isSealed ? { upTo: step.value.offset, isFinished: true } : { upTo: mark, isFinished: false };
    if (step.value.header.type === frameTypes.mark) mark = Math.max(mark, markOf(step.value));
  }
}

function writeIndex(file: string, upTo: number, { facts, ranges }: SegmentScan): void {
  const nonce = readNonce(file);
  if (nonce === undefined) return;
  const lines: string[] = [];
  const places: [number, number, number][] = [];
  let at = 0;
  for (const [session, numbers] of ranges) {
    const line = `${numbers.join(',')}\n`;
    places.push([session, at, line.length - 1]);
    lines.push(line);
    at += line.length;
  }
  const { sessions, ...rest } = facts;
  const header = { version: INDEX_VERSION, nonce, bytes: upTo, ...rest, sessions: [...sessions.values()], places };
  const bytes = Buffer.from(`${JSON.stringify(header)}\n${lines.join('')}`);
  // The sealing thread may be writing the same.
  const draft = `${segmentIndexFile(file)}.${process.pid}-${threadId}`;
  writeFileSync(draft, Buffer.concat([bytes, Buffer.from(hash('sha256', bytes, 'hex'))]), { mode: 0o600 });
  try {
    renameSync(draft, segmentIndexFile(file));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** `undefined`: there is none, or none that fits. */
export function readIndex(file: string): IndexedSegment | undefined {
  const indexFile = segmentIndexFile(file);
  const bytes = readIfThere(indexFile);
  const end = (bytes?.length ?? 0) - DIGEST_BYTES;
  if (bytes === undefined || end < 0 || hash('sha256', bytes.subarray(0, end), 'hex') !== bytes.toString('latin1', end)) return undefined;
  const begin = bytes.indexOf(0x0a) + 1;
  const parsed = headerSchema.safeParse(JSON.parse(bytes.toString('utf8', 0, begin)));
  if (!parsed.success || parsed.data.bytes !== statSync(file).size || parsed.data.nonce !== readNonce(file)) return undefined;
  const { sessions, logFirst, logHashes, checkpoint, archived, retired } = parsed.data;
  const places = new Map(parsed.data.places.map(([session, at, length]) => [session, { at: begin + at, length }]));
  const facts = { logFirst, logHashes, checkpoint, archived, retired, sessions: new Map(sessions.map((one) => [one.number, one])) };
  return {
    file,
    upTo: parsed.data.bytes,
    isFinished: true,
    facts: facts as SegmentFacts,
    ranges: (one) => readRanges(indexFile, places.get(one)) ?? scanSegment(file).ranges(one),
  };
}

/** `undefined`: the index is gone since. */
function readRanges(indexFile: string, place: { readonly at: number; readonly length: number } | undefined): number[] | undefined {
  if (place === undefined) return [];
  if (!existsSync(indexFile)) return undefined;
  const fd = openSync(indexFile, 'r');
  try {
    const line = Buffer.allocUnsafe(place.length);
    readSync(fd, line, 0, place.length, place.at);
    return line.toString('latin1').split(',').map(Number);
  } finally {
    closeSync(fd);
  }
}

function readNonce(file: string): string | undefined {
  // A loop, so that the file is closed again.
  let frame: Frame | undefined;
  for (frame of readFrames(file)) break;
  if (frame === undefined || !('header' in frame) || frame.header.type !== frameTypes.segment) return undefined;
  return segmentHeadSchema.safeParse(JSON.parse(frame.payload.toString('utf8'))).data?.nonce;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const isRefusal = (error: unknown): boolean =>
  ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
