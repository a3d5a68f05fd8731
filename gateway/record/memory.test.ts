import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { openRecorder } from './open-recorder.ts';
import { aDirectory, anEnd, anIntent, aSession } from './testing/an-exchange.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('a body of any size passes through bounded memory', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory, queueBytes: 8_000_000, segmentBytes: 64_000_000 });
  const record = recorder.open(anIntent(aSession(recorder)));
  const pieces: WeakRef<ArrayBufferLike>[] = [];
  let alive = 0;
  for (let piece = 0; piece < 3_000; piece += 1) {
    const bytes = Buffer.allocUnsafeSlow(65_536).fill(piece);
    pieces.push(new WeakRef(bytes.buffer));
    if (!record.responseBody(bytes)) await record.drained();
    if (piece % 500 === 499) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      alive = Math.max(alive, pieces.filter((one) => one.deref() !== undefined).length);
    }
  }
  record.responseHead(200, []);
  await record.end(anEnd(3_000 * 65_536));
  await recorder.close();
  remove();
  // What the queue may hold (8 MB), and what is just being written.
  expect(alive).toBeLessThan(400);
});
