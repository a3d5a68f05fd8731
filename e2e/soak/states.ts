// Starts on 10,000 different states (unless told) that a crash or a power loss could have left, out of a trace of what the journal and
// the ledger write and sync; prints each broken promise, and exits 1 unless there was none. Needs strace. `states.ts 10000 1`: how many, and the
// first seed; `states.ts 1000 1 sealed`: where sessions are sealed into the store and their segments retired.
import { crashStates } from './crash-states.ts';

const PER_TRACE = 1_000;
const wanted = Number(process.argv[2] ?? 10_000);
const firstSeed = Number(process.argv[3] ?? 1);
const byMode: Record<string, number> = {};
let states = 0;
let steps = 0;
let faults = 0;
let seed = firstSeed;
for (; states < wanted; seed += 1) {
  const outcome = await crashStates(seed, Math.min(PER_TRACE, wanted - states), process.argv[4] === 'sealed');
  states += outcome.states;
  steps += outcome.steps;
  faults += outcome.faults.length;
  for (const [mode, count] of Object.entries(outcome.byMode)) byMode[mode] = (byMode[mode] ?? 0) + count;
  for (const fault of outcome.faults.slice(0, 10)) console.error(`seed ${seed}: ${fault}`);
  console.log(`seed ${seed}: ${states} states, ${faults} broken promises`);
}
console.log(
  `${states} different states of ${steps} traced calls, seeds ${firstSeed} to ${seed - 1}: ${JSON.stringify(byMode)}; ${faults} broken promises`,
);
process.exitCode = faults === 0 ? 0 : 1;
