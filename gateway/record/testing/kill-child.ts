// A recorder under load that is going to be killed: `kill-child.ts DIRECTORY SEED AGENTS`. Its ledger is its output.
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';
import { openRecorder } from '../open-recorder.ts';
import { recordUntilKilled } from './record-until-killed.ts';

const [directory, seed, agents] = process.argv.slice(2);
const recorder = await openRecorder({ directory: directory!, segmentBytes: 400_000, queueBytes: 1_000_000 });
await recordUntilKilled(recorder, {
  random: createRandom(Number(seed)),
  agents: Number(agents),
  largestBodyBytes: 200_000,
  sessionMs: 50,
});
