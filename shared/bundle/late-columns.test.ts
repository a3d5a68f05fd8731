import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { anAnswer } from './testing/evidence-story.ts';
import { type BundlePlan, BundlePlanner, planExporterKey, planWriterKey, writePlan } from './testing/plan-bundle.ts';
import type { Check } from './verification.ts';
import { verifyBundle } from './verify-bundle.ts';

vi.setConfig({ testTimeout: 120_000 });

const EXCHANGES = 150;
/** Together more than is held of answers, so that the first ones must be read again. */
const VALUE = 'x'.repeat(90_000);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-late-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A session whose answers are all told of by their columns only when it closes. */
function planLate(): BundlePlan {
  const planner = new BundlePlanner('late columns');
  for (let number = 0; number < EXCHANGES; number += 1) {
    const bytes = anAnswer([[`name ${number}`, `${VALUE}${number}`, String(number)]]);
    planner.exchange({ sql: `SELECT ${number}`, bodies: [{ side: 'response', stored: 'verbatim', bytes }], columns: 'late' });
  }
  return planner.close();
}

async function columnsOf(plan: BundlePlan, leaves: readonly string[], inThreads: boolean): Promise<Check[]> {
  const file = path.join(folder, 'late.wacz');
  await writePlan(plan, file, leaves);
  const { checks } = await verifyBundle(file, { pinnedKeys: [planWriterKey.text, planExporterKey.text], inThreads });
  return checks.filter(({ name, status }) => name === 'columns' || status === 'failed');
}

describe.each([false, true])('columns that are told of long after their answers (in threads: %s)', (inThreads) => {
  test('are compared with the answers all the same', async () => {
    const plan = planLate();
    expect(await columnsOf(plan, plan.leaves, inThreads)).toEqual([
      expect.objectContaining({ status: 'passed', detail: `${EXCHANGES * 3} columns of answers match their digests` }),
    ]);
  });

  test.each([0, EXCHANGES - 1])('do not pass under other salts (answer %i)', async (at) => {
    const plan = planLate();
    const columns = plan.records.filter((record) => record.kind === 'columns');
    columns[at]!.salts = { ...columns[at]!.salts, columns: columns[at]!.salts.columns.toReversed() };
    const [fault] = await columnsOf(plan, plan.leaves, inThreads);
    expect(fault).toMatchObject({ name: 'columns', status: 'failed', subject: columns[at]!.leaf.exchangeId });
  });
});

test('columns that name an exchange by a number that is not its own are refused', async () => {
  const plan = planLate();
  const leaves = [...plan.leaves];
  const at = plan.leaves.findIndex((line) => line.includes('"kind":"columns"'));
  plan.leaves[at] = plan.leaves[at]!.replace(/"exchange":\d+/, '"exchange":2');
  const faults = await columnsOf(plan, leaves, false);
  expect(faults).toContainEqual(
    expect.objectContaining({ name: 'exchanges', subject: `leaf ${at}`, detail: 'digests the columns of an exchange that has not ended' }),
  );
});
