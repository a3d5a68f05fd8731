// Kills a process that records and seals at N random points (100 unless told), ten kills to a data directory; prints what was lost, found twice or left
// behind, and exits 1 unless nothing was. `seal.ts 100 1`: how many, and the first seed.
import { killSealing } from '../../gateway/archive/testing/kill-sealing.ts';

const KILLS_A_ROUND = 10;
const kills = Number(process.argv[2] ?? 100);
const firstSeed = Number(process.argv[3] ?? 1);
const sums = { kills: 0, acknowledged: 0, sealedByTheDead: 0, sessions: 0, faults: 0 };
for (let seed = firstSeed; sums.kills < kills; seed += KILLS_A_ROUND) {
  const round = Math.min(KILLS_A_ROUND, kills - sums.kills);
  const { faults, ...outcome } = await killSealing(seed, round);
  sums.kills += round;
  for (const name of ['acknowledged', 'sealedByTheDead', 'sessions'] as const) sums[name] += outcome[name];
  sums.faults += faults.length;
  for (const fault of faults.slice(0, 10)) console.error(`seed ${seed}: ${fault}`);
  console.log(
    `seed ${seed}: ${sums.kills} kills, ${sums.acknowledged} exchanges acknowledged, ${sums.sessions} sessions (${sums.sealedByTheDead} sealed by the dead), ${sums.faults} faults`,
  );
}
process.exitCode = sums.faults === 0 ? 0 : 1;
