import { expect, test } from 'vitest';
import { type Checkpoint, parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { isConsistent } from '../../shared/bundle/merkle-tree.ts';
import { readCatalog } from './journal-catalog.ts';
import { openRecorder } from './open-recorder.ts';
import { proveConsistency } from './prove-consistency.ts';
import { aDirectory, aSession, recordExchange } from './testing/an-exchange.ts';

test('between any two checkpoints of a writer, restarts included, the log only grew', async () => {
  const { directory, remove } = aDirectory();
  const checkpoints: Checkpoint[] = [];
  for (let start = 0; start < 3; start += 1) {
    // Nothing is signed but at the end of a session, however slow the machine.
    const recorder = await openRecorder({ directory, signEveryMs: 600_000, heartbeatMs: 600_000 });
    for (let turn = 0; turn < 4; turn += 1) {
      const session = aSession(recorder);
      await recordExchange(recorder, session, Buffer.from('x'));
      await recorder.closeSession(session, 'idle');
      checkpoints.push(parseCheckpoint(readCatalog(directory).checkpoint!)!.checkpoint);
    }
    await recorder.close();
  }
  for (const older of checkpoints) {
    const { proof, checkpoint } = proveConsistency(directory, older.size)!;
    expect(isConsistent(older, parseCheckpoint(checkpoint)!.checkpoint, proof)).toBe(true);
    if (proof.length > 0)
      expect(isConsistent({ ...older, root: 'ab'.repeat(32) }, parseCheckpoint(checkpoint)!.checkpoint, proof)).toBe(false);
  }
  expect(checkpoints.map(({ size }) => size)).toEqual([2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15]);
  expect(proveConsistency(directory, 99)).toBeUndefined();
  remove();
});
