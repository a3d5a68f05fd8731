import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anAnswer } from '../../bundle/testing/evidence-story.ts';
import { readMembers } from '../../bundle/testing/mutate-bundle.ts';
import { BundlePlanner, planEnding, planExporterKey, planWriterKey, writePlan } from '../../bundle/testing/plan-bundle.ts';
import { verifyBundle } from '../../bundle/verify-bundle.ts';
import { addDerived } from '../add-derived.ts';
import type { DerivedOptions } from '../write-derived.ts';
import { resultTablePath } from './result-table.sql.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-rows-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A bundle of these answers, one exchange each. */
async function bundleOf(name: string, answers: readonly Buffer[], options: DerivedOptions): Promise<string> {
  const planner = new BundlePlanner(name);
  for (const [index, bytes] of answers.entries())
    planner.exchange({ sql: `SELECT ${index}`, bodies: [{ side: 'response', stored: 'verbatim', bytes }] });
  const plan = planner.close();
  const [draft, whole] = [join(folder, `${name}.draft`), join(folder, `${name}.wacz`)];
  await writePlan(plan, draft);
  await addDerived(draft, whole, planEnding(plan, plan.leaves), options);
  return whole;
}

async function resultsIn(bundle: string, query: string): Promise<unknown[]> {
  const list = join(folder, 'result.parquet');
  writeFileSync(list, readMembers(readFileSync(bundle)).get(resultTablePath)!);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(query.replace('result', `'${list}'`))).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

it('takes results in the order of recording while there is room, and says which were left', async () => {
  const [small, large] = [anAnswer([['Ann', 'a', '1']]), anAnswer(Array.from({ length: 100 }, (_, row) => ['Bob', 'b', String(row)]))];
  const bundle = await bundleOf('room', [small, large, small, small], { rowBytes: 2 * small.length + 10 });
  expect(await resultsIn(bundle, 'SELECT number, file, row_count, problems[1].problem FROM result ORDER BY number')).toEqual([
    ['1', 'derived/rows-0001.parquet', '1', null],
    ['2', null, null, 'Left to the recorded answers: there was no room for its rows.'],
    ['3', 'derived/rows-0001.parquet', '1', null],
    ['4', null, null, 'Left to the recorded answers: there was no room for its rows.'],
  ]);
});

it('has a file for each kind of rows while there is room, in a bundle that verifies', async () => {
  const answers = ['a', 'b', 'c', 'd', 'a'].map((name) => anAnswer([['x']], [name]));
  const bundle = await bundleOf('kinds', answers, { rowFiles: 3 });
  expect(await resultsIn(bundle, 'SELECT number, file, problems[1].problem FROM result ORDER BY number')).toEqual([
    ['1', 'derived/rows-0001.parquet', null],
    ['2', 'derived/rows-0002.parquet', null],
    ['3', 'derived/rows-0003.parquet', null],
    ['4', null, 'Left to the recorded answers: there are too many kinds of rows.'],
    ['5', 'derived/rows-0001.parquet', null],
  ]);
  const pinnedKeys = [planWriterKey.text, planExporterKey.text];
  expect((await verifyBundle(bundle, { pinnedKeys })).verdict).toBe('sound');
});
