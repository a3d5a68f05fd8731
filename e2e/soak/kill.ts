// Kills a gateway at N random points (500 unless told) under 200 concurrent exchanges, 25 kills to a data directory; prints what was
// lost, and exits 1 unless nothing was. `kill.ts 500 1`: how many, and the first seed.
import { killGateway } from './kill-gateway.ts';

const KILLS_A_ROUND = 25;
const kills = Number(process.argv[2] ?? 500);
const firstSeed = Number(process.argv[3] ?? 1);
const sums = { kills: 0, killedStarting: 0, started: 0, acknowledged: 0, upstream: 0, exchanges: 0, reconciled: 0, faults: 0 };
let slowestStartMs = 0;
const begun = Date.now();
for (let seed = firstSeed; sums.kills < kills; seed += 1) {
  const outcome = await killGateway(seed, Math.min(KILLS_A_ROUND, kills - sums.kills), 200);
  for (const name of ['kills', 'killedStarting', 'started', 'acknowledged', 'upstream', 'exchanges', 'reconciled'] as const)
    sums[name] += outcome[name];
  sums.faults += outcome.faults.length;
  slowestStartMs = Math.max(slowestStartMs, outcome.slowestStartMs);
  const minutes = ((Date.now() - begun) / 60_000).toFixed(1);
  console.log(`seed ${seed}: ${sums.kills} kills, ${sums.acknowledged} acknowledged, ${sums.faults} faults, ${minutes} minutes`);
  for (const fault of outcome.faults.slice(0, 10)) console.error(`seed ${seed}: ${fault}`);
}
const rounds = Math.ceil(kills / KILLS_A_ROUND);
const wanted = sums.kills - sums.killedStarting + rounds;
console.log(
  `${sums.kills} kills (${sums.killedStarting} of them while starting), seeds ${firstSeed} to ${firstSeed + rounds - 1}; ${sums.started} of ${wanted} starts unaided, slowest ${Math.round(slowestStartMs)} ms`,
);
console.log(
  `${sums.acknowledged} exchanges acknowledged, ${sums.upstream} requests upstream, ${sums.exchanges} recorded, ${sums.reconciled} reconciled; ${sums.faults} faults`,
);
process.exitCode = sums.faults === 0 && sums.started === wanted ? 0 : 1;
