import { expect, test } from 'vitest';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { frameTypes, HEADER_BYTES, isPayloadSound, readHeader } from './frame.ts';
import { FrameQueue } from './frame-queue.ts';

/** How many frames there are; undefined when the bytes do not end with the last of them. */
function countFrames(bytes: Buffer): number | undefined {
  let count = 0;
  for (let at = 0; at < bytes.length; count += 1) {
    const header = readHeader(bytes, at);
    const end = at + HEADER_BYTES + (header?.length ?? 0);
    if (header === undefined || end > bytes.length || !isPayloadSound(header, bytes.subarray(at + HEADER_BYTES, end))) return undefined;
    at = end;
  }
  return count;
}

test.each([1, 2, 3])('every batch is a row of whole frames, wherever it is cut: a mark may stand between any two (seed %i)', (seed) => {
  const random = createRandom(seed);
  const queue = new FrameQueue();
  let appended = 0;
  let taken = 0;
  for (let turn = 0; turn < 300; turn += 1) {
    for (; random() < 0.9; appended += 1) {
      const bytes = Buffer.alloc(Math.floor(random() ** 3 * 70_000), 'x');
      if (random() < 0.5) queue.body(1, 1, 1, random() < 0.3 ? Buffer.alloc(16, 's') : undefined, bytes);
      else queue.leaf(frameTypes.leaf, 1, 1, 'leaf'.repeat(1 + Math.floor(random() * 300)));
    }
    const batch = queue.take(Math.floor(random() * 100_000));
    if (batch === undefined || 'turn' in batch) continue;
    const frames = countFrames(Buffer.concat(batch));
    expect(frames).toBeDefined();
    taken += frames!;
    queue.written();
  }
  for (let batch = queue.take(1e6); batch !== undefined && !('turn' in batch); batch = queue.take(1e6))
    taken += countFrames(Buffer.concat(batch))!;
  expect(taken).toBe(appended);
});
