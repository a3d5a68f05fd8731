// Makes the tables of a bundle as an export does, and prints the peak memory of that in MB: `tables-child.ts BUNDLE FOLDER`.
import { keepHeapSmall } from '../../base/keep-heap-small.ts';
import { openBundle } from '../../bundle/open-bundle.ts';
import { writeDerived } from '../write-derived.ts';

keepHeapSmall();
const [bundle, folder] = process.argv.slice(2) as [string, string];
await writeDerived(await openBundle(bundle), folder);
console.log(process.resourceUsage().maxRSS / 1_024);
process.exit(0);
