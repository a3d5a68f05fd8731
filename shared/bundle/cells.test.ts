/** What a content-free recording says of an answer that was not kept: as many cells as rows and columns make, and whose columns they are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CELL_BYTES } from './format.ts';
import { summaryOf, verifyInPython } from './testing/compare-verifiers.ts';
import { anAnswer } from './testing/evidence-story.ts';
import { BundlePlanner, planExporterKey, planWriterKey, type RecordedExchange, toCells, writePlan } from './testing/plan-bundle.ts';
import type { Verification } from './verification.ts';
import { verifyBundle } from './verify-bundle.ts';

const pinnedKeys = [planWriterKey.text, planExporterKey.text];
let file = '';
beforeAll(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'steno-cells-')), 'cells.wacz');
});
afterAll(() => rmSync(path.dirname(file), { recursive: true, force: true }));

const hidden = anAnswer([
  ['1', 'ann', 'x'],
  ['2', 'bob', 'y'],
]);
const cells = toCells(hidden);
const names = ['name', 'email', 'amount'];

const recordOf = (bytes: Buffer, more: Partial<RecordedExchange>): RecordedExchange => ({
  sql: 'SELECT ?',
  bodies: [
    { side: 'response', stored: 'digest', bytes: hidden },
    { side: 'cells', stored: 'verbatim', bytes },
  ],
  ...more,
});

test.each<[string, RecordedExchange, string | undefined]>([
  ['whole rows', recordOf(cells, { names }), undefined],
  ['whole rows of digested columns', recordOf(cells, { names, columns: 'digested' }), undefined],
  ['no rows', recordOf(Buffer.alloc(0), { names }), undefined],
  ['cells of unknown columns', recordOf(cells.subarray(CELL_BYTES), {}), undefined],
  ['an answer that was cut off within a row', recordOf(cells.subarray(CELL_BYTES), { names, framing: 'truncated' }), undefined],
  ['half a cell', recordOf(cells.subarray(8), {}), 'bodies'],
  ['half a row', recordOf(cells.subarray(CELL_BYTES), { names }), 'bodies'],
  ['fewer names than columns', recordOf(cells.subarray(0, 3 * CELL_BYTES), { names: names.slice(1) }), 'bodies'],
  ['half a row of digested columns', recordOf(cells.subarray(CELL_BYTES), { columns: 'digested' }), 'columns'],
  ['another row than the digested ones', recordOf(Buffer.concat([cells, cells]), { names, columns: 'digested' }), 'columns'],
  ['columns by other names', recordOf(cells, { names: ['name', 'amount', 'email'], columns: 'digested' }), 'columns'],
])('%s', async (_, exchange, check) => {
  const verification = await verifyOf(exchange, false);
  expect(failed(verification)).toEqual(check === undefined ? [] : [check]);
  expect(summaryOf(verifyInPython([file], pinnedKeys).get(file)!)).toBe(summaryOf(verification));
});

test('the thread that looks at the archive alone knows the names too', async () => {
  expect(failed(await verifyOf(recordOf(cells.subarray(CELL_BYTES), { names }), true))).toEqual(['bodies']);
});

async function verifyOf(exchange: RecordedExchange, inThreads: boolean): Promise<Verification> {
  const planner = new BundlePlanner('cells');
  planner.exchange(exchange);
  await writePlan(planner.close(), file);
  return await verifyBundle(file, { pinnedKeys, inThreads });
}

const failed = ({ checks }: Verification): string[] => checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
