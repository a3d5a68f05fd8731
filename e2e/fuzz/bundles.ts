// Damages and forges the golden bundles N times (10,000 unless told) and asks both verifiers; exits 1 if one was called sound or they disagreed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { goldenExporterKey, goldenWriterKey } from '../../fixtures/bundles/record-story.ts';
import { compareVerifiers, forger } from '../../shared/bundle/testing/compare-verifiers.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';

const runs = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(path.join(tmpdir(), 'steno-fuzz-'));
const pinnedKeys = [goldenWriterKey.text, goldenExporterKey.text, forger.text];
let done = 0;
let faults = 0;
for (let seed = Number(process.argv[3] ?? 1); done < runs; seed += 1) {
  const source = path.join(import.meta.dirname, `../../fixtures/bundles/v2/${seed % 4 === 0 ? 'nightly' : 'crashed'}.wacz`);
  const { sound, disagreements } = await compareVerifiers(source, folder, Math.min(200, runs - done), createRandom(seed), pinnedKeys);
  done += Math.min(200, runs - done);
  faults += sound.length + disagreements.length;
  for (const name of sound) console.error(`seed ${seed}: sound after "${name}"`);
  for (const one of disagreements) console.error(`seed ${seed}: "${one.name}"\n  TypeScript ${one.typescript}\n  Python     ${one.python}`);
}
rmSync(folder, { recursive: true });
console.log(`${done} damaged bundles, ${faults} called sound or judged in two ways`);
process.exitCode = faults === 0 ? 0 : 1;
