import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { SessionLeaf } from '../../../shared/bundle/format.ts';
import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { planStory } from '../../../shared/bundle/testing/evidence-story.ts';
import { planEnding, planExporterKey, planWriterKey, writePlan } from '../../../shared/bundle/testing/plan-bundle.ts';
import { addDerived } from '../../../shared/derived/add-derived.ts';
import { openCase } from '../testing/open-case.ts';
import { getExchange } from './get-exchange.ts';

const folder = mkdtempSync(join(tmpdir(), 'steno-get-exchange-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The leaves of each exchange, as a reader of the file finds them. */
async function recordsIn(path: string): Promise<Map<string, Partial<Record<'intent' | 'end', SessionLeaf>>>> {
  const bundle = await openBundle(path);
  const records = new Map<string, Partial<Record<'intent' | 'end', SessionLeaf>>>();
  for await (const { leaf } of bundle.leaves()) {
    if (leaf.kind === 'intent') records.set(leaf.exchangeId, { intent: leaf });
    if (leaf.kind === 'end' || leaf.kind === 'reconcile') records.get(leaf.exchangeId)!.end = leaf;
  }
  await bundle.close();
  return records;
}

it.each([
  ['came along', [planWriterKey.text, planExporterKey.text]],
  ['were made of the records', [planWriterKey.text]],
])('shows the leaves themselves, whether the tables %s', async (name, pinned) => {
  const [draft, whole] = [join(folder, `${name}.draft`), join(folder, `${name}.wacz`)];
  const plan = planStory('records', false);
  await writePlan(plan, draft);
  await addDerived(draft, whole, planEnding(plan, plan.leaves));
  const records = await recordsIn(whole);
  const review = await openCase([whole], pinned);
  expect(records.size).toBeGreaterThan(5);
  for (const [exchangeId, { intent, end }] of records) {
    const { record } = await getExchange(review, exchangeId);
    expect([record.intent, record.end].map((text) => JSON.parse(text!))).toEqual([intent, end]);
  }
  await review.close();
});
