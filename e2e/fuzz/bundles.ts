// Damages and forges the golden bundles N times (10,000 unless told), forges redactions in every way we know, and asks both verifiers;
// exits 1 if one was called sound or they disagreed. `N SEED --threads`: as threads verify large bundles.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { goldenExporterKey, goldenWriterKey } from '../../fixtures/bundles/record-story.ts';
import { compareVerifiers, forger, summaryOf, verifyInPython } from '../../shared/bundle/testing/compare-verifiers.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { planStory } from '../../shared/bundle/testing/evidence-story.ts';
import { planForgeries } from '../../shared/bundle/testing/forge-plan.ts';
import { planExporterKey, planWriterKey, writePlan } from '../../shared/bundle/testing/plan-bundle.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';

const inThreads = process.argv.includes('--threads');
const runs = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(path.join(tmpdir(), 'steno-fuzz-'));
const pinnedKeys = [goldenWriterKey, goldenExporterKey, forger, planWriterKey, planExporterKey].map((key) => key.text);
const sources = ['v3/crashed', 'v2/crashed', 'v3/redacted', 'v3/nightly', 'v1/crashed', 'v3/crashed', 'v2/redacted'];
let faults = 0;
const complain = (text: string): void => {
  faults += 1;
  console.error(text);
};

async function damage(): Promise<number> {
  let done = 0;
  for (let seed = Number(process.argv[3] ?? 1); done < runs; seed += 1) {
    const count = Math.min(200, runs - done);
    const source = path.join(import.meta.dirname, `../../fixtures/bundles/${sources[seed % sources.length]}.wacz`);
    const { sound, disagreements } = await compareVerifiers(source, folder, count, createRandom(seed), pinnedKeys, inThreads);
    done += count;
    if (done % 1_000 === 0) console.error(`${done} damaged bundles, ${faults} faults so far`);
    for (const name of sound) complain(`seed ${seed}: sound after "${name}"`);
    for (const one of disagreements) complain(`seed ${seed}: "${one.name}"\n  TypeScript ${one.typescript}\n  Python     ${one.python}`);
  }
  return done;
}

/** What a dishonest exporter with a known key may try. */
async function forge(): Promise<number> {
  const forgeries = planForgeries();
  for (let from = 0; from < forgeries.length; from += 100) {
    console.error(`${from} of ${forgeries.length} forged redactions, ${faults} faults so far`);
    const files = new Map<string, string>();
    for (const [index, { name, forge: change }] of forgeries.slice(from, from + 100).entries()) {
      const plan = planStory('everything', false);
      const leaves = [...plan.leaves];
      change(plan);
      const file = path.join(folder, `forgery-${index}.wacz`);
      await writePlan(plan, file, leaves);
      files.set(file, name);
    }
    const python = verifyInPython([...files.keys()], pinnedKeys);
    for (const [file, name] of files) {
      const verification = await verifyBundle(file, { pinnedKeys, inThreads });
      if (verification.verdict !== 'not-sound') complain(`sound after "${name}"`);
      const [typescript, other] = [summaryOf(verification), summaryOf(python.get(file)!)];
      if (typescript !== other) complain(`"${name}"\n  TypeScript ${typescript}\n  Python     ${other}`);
    }
  }
  return forgeries.length;
}

const forged = await forge();
const damaged = await damage();
rmSync(folder, { recursive: true });
console.log(`${damaged} damaged bundles and ${forged} forged redactions, ${faults} called sound or judged in two ways`);
process.exitCode = faults === 0 ? 0 : 1;
