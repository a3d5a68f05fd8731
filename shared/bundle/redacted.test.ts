import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBundle } from './open-bundle.ts';
import { summaryOf, verifyInPython } from './testing/compare-verifiers.ts';
import { planStory, story } from './testing/evidence-story.ts';
import { planForgeries } from './testing/forge-plan.ts';
import { type BundlePlan, planExporterKey, planWriterKey, writePlan } from './testing/plan-bundle.ts';
import { redactBody, redactColumn, redactField } from './testing/redact-plan.ts';
import type { Verification } from './verification.ts';
import { verifyBundle } from './verify-bundle.ts';

const pinnedKeys = [planWriterKey.text, planExporterKey.text];
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-redacted-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function written(name: string, change: (plan: BundlePlan) => void): Promise<string> {
  // The large answer of two chunks takes long, and is looked at once.
  const plan = planStory('everything', name.includes('many') || name === 'whole');
  const { leaves } = structuredClone({ leaves: plan.leaves });
  change(plan);
  const file = path.join(folder, `${name.replace(/\W+/g, '-')}.wacz`);
  await writePlan(plan, file, leaves);
  return file;
}

/** By both verifiers, which must agree. */
async function judge(file: string, keys = pinnedKeys): Promise<Verification> {
  const verification = await verifyBundle(file, { pinnedKeys: keys });
  expect(summaryOf(verifyInPython([file], keys).get(file)!)).toBe(summaryOf(verification));
  return verification;
}

const detailOf = ({ checks }: Verification, name: string): string | undefined => checks.find((check) => check.name === name)?.detail;
const faultsOf = ({ checks }: Verification) => checks.filter(({ status }) => status === 'failed' || status === 'missing');

test('a session with an answer of every kind is sound, and the checks say what was compared', async () => {
  const verification = await judge(await written('whole', () => undefined));
  expect(faultsOf(verification)).toEqual([]);
  expect(verification.verdict).toBe('sound');
  expect(detailOf(verification, 'columns')).toBe('15 columns of answers match their digests; 1 answers are not here to compare');
  expect(detailOf(verification, 'bodies')).toContain('1 recorded as digests only; 1 sealed to the escrow');
});

describe('an honest redaction keeps every other proof', () => {
  const redactions: [string, (plan: BundlePlan) => void, string, string][] = [
    ['a field', (plan) => redactField(plan, story.secret, 'sql'), 'disclosures', '1 redacted, as the custody log declares'],
    ['a body', (plan) => redactBody(plan, story.refused, 'response'), 'bodies', '1 redacted, as the custody log declares'],
    ['a body with columns', (plan) => redactBody(plan, story.rows, 'response'), 'columns', '12 columns of answers match'],
    [
      'a column',
      (plan) => redactColumn(plan, story.people, 1),
      'columns',
      '14 columns of answers match their digests; 1 answers are not here',
    ],
    ['a column of many', (plan) => redactColumn(plan, story.large, 1), 'columns', 'redacted, committed at: email (leaf'],
    ['cells', (plan) => redactBody(plan, story.contentFree, 'cells'), 'bodies', '1 redacted'],
    ['a sealed answer', (plan) => redactBody(plan, story.sealed, 'upstream-response'), 'bodies', '1 redacted'],
  ];
  test.each(redactions)('%s', async (name, redact, check, detail) => {
    const file = await written(name, redact);
    const verification = await judge(file);
    expect(faultsOf(verification)).toEqual([]);
    expect(verification.verdict).toBe('sound');
    expect(detailOf(verification, check)).toContain(detail);
    expect((await judge(file, [planWriterKey.text])).verdict).toBe('sound-unknown-key');
  });

  test('all of them at once, and the reader finds the rebuilt answer', async () => {
    const file = await written('all', (plan) => {
      for (const [, redact] of redactions) redact(plan);
    });
    const verification = await judge(file);
    expect(faultsOf(verification)).toEqual([]);
    const bundle = await openBundle(file);
    for await (const { exchangeId, number } of bundle.exchanges()) {
      const text = Buffer.from((await bundle.body(exchangeId, 'response')) ?? []).toString('utf8');
      if (number === story.people) expect(text).toContain('[redacted]');
      if (number === story.people) expect(text).not.toContain('zoe@acme.example');
      if (number === story.rows) expect(text).toBe('');
    }
    await bundle.close();
  });
});

// All of them: e2e/fuzz/bundles.ts
test('no forged redaction is sound, and two verifiers agree on each', async () => {
  expect(planForgeries().length).toBeGreaterThanOrEqual(300);
  const forgeries = planForgeries().filter((_, index) => index % 6 === 0);
  const names = new Map<string, string>();
  for (const [index, { name, forge }] of forgeries.entries()) {
    const plan = planStory('everything', false);
    const leaves = [...plan.leaves];
    forge(plan);
    const file = path.join(folder, `forgery-${index}.wacz`);
    await writePlan(plan, file, leaves);
    names.set(file, name);
  }
  const python = verifyInPython([...names.keys()], pinnedKeys);
  for (const [file, name] of names) {
    const verification = await verifyBundle(file, { pinnedKeys });
    expect({ name, verdict: verification.verdict }).toEqual({ name, verdict: 'not-sound' });
    expect({ name, summary: summaryOf(python.get(file)!) }).toEqual({ name, summary: summaryOf(verification) });
  }
}, 180_000);
