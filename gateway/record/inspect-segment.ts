import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Carry, carrySchema, type SegmentHead, segmentHeadSchema } from './carry.ts';
import { frameTypes, HEADER_BYTES, isPayloadSound, readHeader } from './frame.ts';
import { type Frame, readFrames } from './read-frames.ts';

/** The two frames that a segment begins with; `undefined` when they are not whole. */
export function readSegmentHead(file: string): { readonly head: SegmentHead; readonly carry: Carry } | undefined {
  const frames = readFrames(file);
  try {
    const head = parsePayload(frames.next().value, frameTypes.segment, segmentHeadSchema);
    const carry = head && parsePayload(frames.next().value, frameTypes.carry, carrySchema);
    return head && carry && { head, carry };
  } finally {
    frames.return({ offset: 0, size: 0, fault: undefined, isSealed: false });
  }
}

function parsePayload<Value>(
  frame: Frame | object | undefined,
  type: number,
  schema: { safeParse(value: unknown): { success: boolean; data?: Value } },
): Value | undefined {
  if (frame === undefined || !('header' in frame) || frame.header.type !== type) return undefined;
  return schema.safeParse(JSON.parse(frame.payload.toString('utf8'))).data;
}

const SEARCH_BYTES = 4 * 1_048_576;
const MARK_BYTES = 24;

/**
 * The greatest offset that any mark in the rest of the file claims to be durable; 0 when there is none.
 * Only marks of this `nonce` count, if one is given. Looks at every byte, since nothing after an unsound frame can be trusted to begin where it should.
 */
export function latestMark(file: string, from: number, nonce: string | undefined): number {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const block = Buffer.allocUnsafeSlow(SEARCH_BYTES);
    let latest = 0;
    for (let start = from; start < size; start += SEARCH_BYTES - HEADER_BYTES - MARK_BYTES) {
      const bytes = readSync(fd, block, 0, SEARCH_BYTES, start);
      latest = Math.max(latest, latestMarkIn(block.subarray(0, bytes), nonce));
      if (bytes < SEARCH_BYTES) break;
    }
    return latest;
  } finally {
    closeSync(fd);
  }
}

function latestMarkIn(block: Buffer, nonce: string | undefined): number {
  let latest = 0;
  for (let at = block.indexOf(frameTypes.mark, 4); at >= 4; at = block.indexOf(frameTypes.mark, at + 1)) {
    const start = at - 4;
    const header = block.readUInt32LE(start) === MARK_BYTES ? readHeader(block, start) : undefined;
    if (header === undefined || start + HEADER_BYTES + MARK_BYTES > block.length) continue;
    const payload = block.subarray(start + HEADER_BYTES, start + HEADER_BYTES + MARK_BYTES);
    const isOurs = nonce === undefined || payload.toString('hex', 8) === nonce;
    if (isOurs && isPayloadSound(header, payload)) latest = Math.max(latest, payload.readDoubleLE(0));
  }
  return latest;
}

export const markOf = (frame: Frame): number => frame.payload.readDoubleLE(0);
