// Twenty-five misbehaviours of BigQuery's side of the wire, each at twenty offsets; prints which of the 500 cells came out wrong, and
// exits 1 unless none did. `misbehaviours.ts NAME` runs one of them.

import { misbehave } from './misbehave.ts';
import { OFFSETS } from './misbehaviours/cell.ts';

const names = process.argv.slice(2);
const offsets = Array.from({ length: OFFSETS }, (_, index) => index);
const { cells, right, faults } = await misbehave(offsets, names.length === 0 ? undefined : names);
for (const fault of faults) console.error(fault);
console.log(`${right} of ${cells} cells right`);
process.exitCode = faults.length === 0 ? 0 : 1;
