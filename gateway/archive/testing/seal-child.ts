// A recorder under load that seals at the same time and is going to be killed: `seal-child.ts DIRECTORY SEED AGENTS`. Its ledger is its output,
// with `S` for each session that is sealed. STENO_TEST_STORAGE: the storage of the configuration, as JSON.
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';
import type { Config } from '../../config.ts';
import { openRecorder } from '../../record/open-recorder.ts';
import { recordUntilKilled } from '../../record/testing/record-until-killed.ts';
import { tell } from '../../record/testing/tell.ts';
import { openArchive } from '../archive.ts';
import { Sealer } from '../seal-sessions.ts';
import { sweepArchive } from '../sweep-archive.ts';

const [directory, seed, agents] = process.argv.slice(2);
const storage = process.env['STENO_TEST_STORAGE'];
const begunAt = Date.now();
const recorder = await openRecorder({ directory: directory!, segmentBytes: 150_000, queueBytes: 1_000_000 });
const archive = await openArchive(directory!, storage === undefined ? undefined : (JSON.parse(storage) as Config['storage']));

async function seal(): Promise<never> {
  await sweepArchive(archive, begunAt);
  const sealer = new Sealer({
    archive,
    enter: (entry) => recorder.enter(entry),
    onProgress: ({ sealed }) => {
      if (sealed > 0) tell('S');
    },
  });
  for (;;) {
    await sealer.run();
    await delay(5);
  }
}

const load = { random: createRandom(Number(seed)), agents: Number(agents), largestBodyBytes: 100_000, sessionMs: 80, pauseMs: 20 };
await Promise.race([recordUntilKilled(recorder, load), seal()]);
