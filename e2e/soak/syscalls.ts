// Lets every Nth system call on the journal's files fail (EIO, ENOSPC), do half of its work, or be the process's last, in a first life and
// in one that recovers; prints the states that broke a promise, and exits 1 unless there was none. Needs strace.
// `syscalls.ts 3`: only every third fault, seeded; `syscalls.ts 1 FIRST LAST`: a part of the row.
import { FaultyCalls } from './fault-calls.ts';

const every = Number(process.argv[2] ?? 1);
const calls = new FaultyCalls(1);
let injected = 0;
let broken = 0;
const byCall = new Map<string, number>();
try {
  const all = calls.all().filter((_, index) => index % every === 0);
  const chosen = all.slice(Number(process.argv[3] ?? 0), Number(process.argv[4] ?? all.length));
  console.log(`${chosen.length} faults`);
  for (const fault of chosen) {
    const faults = await calls.inject(fault);
    const name = `${fault.call}:${fault.effect}`;
    byCall.set(name, (byCall.get(name) ?? 0) + 1);
    injected += 1;
    if (injected % 100 === 0) console.log(`${injected} injected, ${broken} inconsistent`);
    if (faults.length === 0) continue;
    broken += 1;
    console.error(`life ${fault.life}, ${name}:when=${fault.nth}: ${faults.slice(0, 3).join('; ')}`);
  }
} finally {
  calls.close();
}
console.log(JSON.stringify(Object.fromEntries(byCall)));
console.log(`${injected} injected faults, ${broken} inconsistent states`);
process.exitCode = broken === 0 ? 0 : 1;
