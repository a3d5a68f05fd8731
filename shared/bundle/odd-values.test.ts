/** Values that two languages read differently, signed by recorder and exporter: whatever is said of them, both verifiers say it, and neither stumbles. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { summaryOf, verifyInPython } from './testing/compare-verifiers.ts';
import { planStory } from './testing/evidence-story.ts';
import { type BundlePlan, planExporterKey, planWriterKey, writePlan } from './testing/plan-bundle.ts';
import { rewritePlan } from './testing/rewrite-plan.ts';
import type { Verdict } from './verification.ts';
import { verifyBundle } from './verify-bundle.ts';

const pinnedKeys = [planWriterKey.text, planExporterKey.text];
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-odd-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Odd = { readonly disclosure?: (line: string) => string; readonly leaf?: (line: string) => string };
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** The SQL of the first exchange becomes its parameters. */
const parameters = (json: string): Odd => ({
  disclosure: (line) => line.replace('"sql","SELECT * FROM people"', `"parameters",${json}`),
  leaf: (line) =>
    line.includes('"exchange":1,')
      ? line.replace(/("identity":"[0-9a-f]+"),("request":"[0-9a-f]+"),"sql":("[0-9a-f]+")/, '$1,"parameters":$3,$2')
      : line,
});
/** Parameters stand before the request, by their name. */
function inOrder(plan: BundlePlan): BundlePlan {
  const at = plan.disclosures.findIndex((line) => line.includes('"parameters",'));
  if (at > 0) plan.disclosures.splice(at - 1, 2, plan.disclosures[at]!, plan.disclosures[at - 1]!);
  return plan;
}

const inAnswer = (from: string, to: string): Odd => ({
  disclosure: (line) => (line.includes('"response",') ? line.replace(from, to) : line),
});
const inRequest = (from: string, to: string): Odd => ({
  disclosure: (line) => (line.includes('"request",') ? line.replace(from, to) : line),
});
const inLeaf = (from: string | RegExp, to: string): Odd => ({ leaf: (line) => line.replace(from, to) });

const odd: [string, Odd, Verdict][] = [
  ['a status with a point', inAnswer('"status":200', '"status":200.0'), 'sound'],
  ['a status with an exponent', inAnswer('"status":200', '"status":2e2'), 'sound'],
  ['a header beyond Latin-1', inAnswer('application/json', '\\ud83d\\ude00'), 'sound'],
  ['a header with half a surrogate', inAnswer('application/json', '\\ud83d'), 'sound'],
  ['a header with a line end', inAnswer('application/json', 'a\\r\\nb: c'), 'sound'],
  ['an address with spaces of every kind', inRequest('/bigquery/v2', '/a b\\u0085\\u2028\\ufeff\\u180e'), 'sound'],
  ['an address without UTF-8', inRequest('/bigquery/v2', '/\\ud800'), 'not-sound'],
  ['a host that is a number', inRequest('gw.example', '0x7f.1'), 'sound'],
  ['a string of 1,024 letters of two units each', inLeaf('"reason":"idle"', `"reason":"${'😀'.repeat(1_024)}"`), 'sound'],
  ['a string of one more', inLeaf('"reason":"idle"', `"reason":"${'😀'.repeat(1_025)}"`), 'not-sound'],
  ['a body of one side twice', inLeaf('"side":"cells"', '"side":"response"'), 'not-sound'],
  ['minus nothing', inLeaf('"monoUs":0', '"monoUs":-0'), 'not-sound'],
  ['a number that no double holds', inLeaf('"monoUs":0', '"monoUs":9007199254740993'), 'not-sound'],
  ['a letter escaped', inLeaf('"reason":"idle"', '"reason":"\\u0069dle"'), 'not-sound'],
  ['parameters as deep as they may be', parameters(nested(249)), 'sound'],
  ['parameters that are deeper', parameters(nested(250)), 'not-sound'],
  ['parameters that overflow a stack', parameters(nested(50_000)), 'not-sound'],
  ['parameters called __proto__', parameters('{"__proto__":{"a":1}}'), 'sound'],
  ['parameters with many digits', parameters('1'.repeat(300)), 'sound'],
  ['parameters beyond all numbers', parameters('1e999'), 'not-sound'],
];

test('odd values are judged alike', async () => {
  const files = new Map<string, (typeof odd)[number]>();
  for (const [index, one] of odd.entries()) {
    const file = path.join(folder, `${index}.wacz`);
    await writePlan(inOrder(rewritePlan(planStory('everything', false), one[1])), file);
    files.set(file, one);
  }
  const python = verifyInPython([...files.keys()], pinnedKeys);
  for (const [file, [name, , verdict]] of files) {
    const verification = await verifyBundle(file, { pinnedKeys });
    expect([verification.verdict, summaryOf(python.get(file)!)], name).toEqual([verdict, summaryOf(verification)]);
  }
});
