// Fills a real disk of 64 MiB 100 times (unless told) at random points under traffic, and empties it again, without a restart; prints
// what was lost, and exits 1 unless nothing was. Needs root, for the disk. `full-disk.ts 100 1`: how many, and the first seed.
import { fillDisk } from './fill-disk.ts';

const FILLS_A_GATEWAY = 10;
const fills = Number(process.argv[2] ?? 100);
const firstSeed = Number(process.argv[3] ?? 1);
const sums = { fills: 0, acknowledged: 0, upstream: 0, refused: 0, faults: 0 };
let slowestReturnMs = 0;
let seed = firstSeed;
for (; sums.fills < fills; seed += 1) {
  const outcome = await fillDisk(seed, Math.min(FILLS_A_GATEWAY, fills - sums.fills));
  for (const name of ['fills', 'acknowledged', 'upstream', 'refused'] as const) sums[name] += outcome[name];
  sums.faults += outcome.faults.length;
  slowestReturnMs = Math.max(slowestReturnMs, outcome.slowestReturnMs);
  for (const fault of outcome.faults.slice(0, 10)) console.error(`seed ${seed}: ${fault}`);
  console.log(`seed ${seed}: ${sums.fills} fills, ${sums.acknowledged} acknowledged, ${sums.refused} refused, ${sums.faults} faults`);
  if (outcome.fills === 0) break;
}
console.log(
  `${sums.fills} fills, seeds ${firstSeed} to ${seed - 1}: ${sums.acknowledged} acknowledged, ${sums.upstream} upstream, ${sums.refused} refused with 503 before the query, at most ${Math.round(slowestReturnMs)} ms until it went on; ${sums.faults} faults`,
);
process.exitCode = sums.faults === 0 ? 0 : 1;
