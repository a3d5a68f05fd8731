import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { planStory } from '../../../shared/bundle/testing/evidence-story.ts';
import { planExporterKey, planWriterKey, writePlan } from '../../../shared/bundle/testing/plan-bundle.ts';
import { openCase } from '../testing/open-case.ts';
import { getIntegrityReport } from './integrity-report.ts';

const golden = join(import.meta.dirname, '../../../fixtures/bundles/v3');
const folder = mkdtempSync(join(tmpdir(), 'steno-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function reportOf(path: string, pinned: readonly string[] = []) {
  const review = await openCase([path], pinned);
  const [report] = await getIntegrityReport(review.bundles, review.database);
  await review.close();
  return report!;
}

it('of a whole bundle says that nothing was taken out, and whose keys came along', async () => {
  const { proved, notProved, checks } = await reportOf(join(golden, 'nightly.wacz'));
  expect(proved).toEqual([expect.stringMatching(/none was changed, added or taken out\.$/)]);
  expect(notProved[0]).toMatch(/^Who signed: the key in the bundle is a hint/);
  expect(notProved).toContain('That it was signed when it says: no time-stamp came along.');
  expect(notProved.at(-1)).toBe('That nothing reached BigQuery by another way than the gateway.');
  expect(checks.find(({ name }) => name === 'container')?.subject).toBe('nightly.wacz');
});

it('of a redacted bundle does not say that nothing was taken out, but who took what', async () => {
  const { proved, notProved } = await reportOf(join(golden, 'redacted.wacz'));
  expect(proved).toEqual([expect.stringMatching(/none was changed or added, and whatever was taken out was declared\.$/)]);
  expect(notProved.filter((line) => line.includes('took out'))).toEqual([
    'What ann@acme.example took out on 2026-03-01 (Article 17): the records keep their 6 digests, this bundle not what it was.',
  ]);
});

it('of a session that the gateway did not see to its end says so', async () => {
  const { notProved } = await reportOf(join(golden, 'crashed.wacz'));
  expect(notProved).toContain(
    'That the client saw the session end: the gateway stopped while it was open, and closed it when it came back.',
  );
});

it('of a session without content says of how much there is no content', async () => {
  const bundle = join(folder, 'everything.wacz');
  const plan = planStory('everything', false);
  await writePlan(plan, bundle);
  const { verdict, notProved } = await reportOf(bundle, [planWriterKey.text, planExporterKey.text]);
  expect(verdict).toBe('sound');
  expect(notProved).toContain('What one body held: only its digest was recorded.');
});
