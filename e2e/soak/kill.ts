// Kills a recorder at N random points (500 unless told) under 200 concurrent exchanges; prints what was lost, and exits 1 unless nothing was.
import { killOnce } from '../../gateway/record/testing/kill-once.ts';

const runs = Number(process.argv[2] ?? 500);
const first = Number(process.argv[3] ?? 1);
const sums = { acknowledged: 0, upstream: 0, reconciled: 0, faults: 0 };
let slowestMs = 0;
for (let seed = first; seed < first + runs; seed += 1) {
  const outcome = await killOnce(seed, 200);
  sums.acknowledged += outcome.acknowledged;
  sums.upstream += outcome.upstream;
  sums.reconciled += outcome.reconciled;
  sums.faults += outcome.faults.length;
  slowestMs = Math.max(slowestMs, outcome.recoveryMs);
  if (outcome.faults.length > 0) console.error(`seed ${seed}: ${outcome.faults.slice(0, 5).join('; ')}`);
}
console.log(
  `${runs} kills: ${sums.acknowledged} exchanges acknowledged, ${sums.upstream} sent upstream, ${sums.reconciled} reconciled, ${sums.faults} faults; slowest start ${Math.round(slowestMs)} ms`,
);
process.exitCode = sums.faults === 0 ? 0 : 1;
