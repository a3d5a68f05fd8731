// Exports the newest session as the command does, and prints the peak memory of that in MB: `export-child.ts DIRECTORY OUTPUT`.
import { keepHeapSmall } from '../../../shared/base/keep-heap-small.ts';
import { createSignerKey } from '../../../shared/bundle/ed25519-key.ts';
import { exportSession } from '../export-session.ts';

keepHeapSmall();
const [directory, outputPath] = process.argv.slice(2) as [string, string];
await exportSession({ directory, session: 'latest', outputPath, exportedBy: 'test', exporterKey: createSignerKey('test/exporter') });
console.log(process.resourceUsage().maxRSS / 1_024);
