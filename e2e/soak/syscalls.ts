// Lets the Nth call of every kind fail, or kills the recorder there, for N = 1 … (40 unless told); prints the states that broke a promise.
// Needs strace. The calls of starting up count too: keys, lease and segments must survive their own births.
import { faultOnce } from '../../gateway/record/testing/kill-once.ts';

const most = Number(process.argv[2] ?? 40);
const calls = ['openat', 'write', 'pwritev', 'pwrite64', 'fsync', 'fdatasync', 'link', 'unlink', 'mkdir', 'close'];
const effects = ['error=EIO', 'error=ENOSPC', 'signal=KILL'];
let states = 0;
let faults = 0;
for (const call of calls) {
  for (const effect of effects) {
    for (let nth = 1; nth <= most; nth = Math.max(nth + 1, Math.floor(nth * 1.3))) {
      const fault = `${call}:${effect}:when=${nth}`;
      states += 1;
      const outcome = await faultOnce(nth, fault).catch((error: Error) => ({ faults: [`the next start failed: ${error.message}`] }));
      faults += outcome.faults.length;
      if (outcome.faults.length > 0) console.error(`${fault}: ${outcome.faults.slice(0, 3).join('; ')}`);
    }
  }
}
console.log(`${states} injected faults, ${faults} broken promises`);
process.exitCode = faults === 0 ? 0 : 1;
