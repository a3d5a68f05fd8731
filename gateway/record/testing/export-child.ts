// Exports the newest session as the command does: `export-child.ts DIRECTORY OUTPUT`. Prints as JSON how many MB were in use, garbage apart, at the median
// of many looks, and how many the process had at most, which depends on when garbage is collected.
import { collectGarbage } from '../../../shared/base/collect-garbage.ts';
import { keepHeapSmall } from '../../../shared/base/keep-heap-small.ts';
import { createSignerKey } from '../../../shared/bundle/ed25519-key.ts';
import { exportSession } from '../export-session.ts';

const LOOK_EVERY_MS = 50;
const usedMb: number[] = [];
function look(): void {
  collectGarbage({ type: 'major' });
  const { heapUsed, external } = process.memoryUsage();
  usedMb.push((heapUsed + external) / 1e6);
}

keepHeapSmall();
const [directory, outputPath] = process.argv.slice(2) as [string, string];
const timer = setInterval(look, LOOK_EVERY_MS);
await exportSession({ directory, session: 'latest', outputPath, exportedBy: 'test', exporterKey: createSignerKey('test/exporter') });
clearInterval(timer);
look();
const median = usedMb.sort((left, right) => left - right)[Math.floor(usedMb.length / 2)];
console.log(JSON.stringify({ usedMb: median, peakMb: process.resourceUsage().maxRSS / 1_024 }));
