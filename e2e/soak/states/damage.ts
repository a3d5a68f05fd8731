import { readFileSync, writeFileSync } from 'node:fs';
import { frameTypes, HEADER_BYTES } from '../../../gateway/record/frame.ts';
import { listSegments } from '../../../gateway/record/list-segments.ts';
import { readFrames } from '../../../gateway/record/read-frames.ts';

/**
 * Turns one bit of the newest segment. True: it lies before what a later mark (or the seal) calls durable, so whoever starts there must be
 * told; false: it is no more than a torn tail; undefined: there is nothing to damage.
 */
export function damage(directory: string, random: () => number): boolean | undefined {
  const file = listSegments(directory).at(-1);
  if (file === undefined) return undefined;
  // One by one: the next step overwrites a payload.
  const frames = Array.from(readFrames(file), ({ header, offset, payload }) => ({
    offset,
    end: offset + HEADER_BYTES + header.length,
    durable: header.type === frameTypes.mark ? payload.readDoubleLE(0) : 0,
    isSeal: header.type === frameTypes.seal,
  }));
  const end = frames.at(-1)?.end ?? 0;
  if (end === 0) return undefined;
  const bytes = readFileSync(file);
  const at = Math.floor(random() * end);
  bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
  writeFileSync(file, bytes);
  const hit = frames.findIndex((frame) => at < frame.end);
  const later = frames.slice(hit + 1);
  return later.some(({ durable }) => durable > frames[hit]!.offset);
}
