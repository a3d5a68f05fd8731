import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine } from '../engine/create-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { seedPublicData } from './seed-public-data.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await seedPublicData(engine);
});
afterAll(() => engine.close());

async function ask(sql: string): Promise<readonly unknown[]> {
  const { destinationTable } = await engine.query({ sql, projectId: 'mine' });
  const rows: unknown[] = [];
  for await (const page of engine.readRows(destinationTable!)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}

test('the tables of the documentation’s examples can be read by their public names', async () => {
  expect(
    await ask("SELECT word_count > 0 FROM `bigquery-public-data.samples.shakespeare` WHERE word = 'huzzah' AND corpus = 'hamlet'"),
  ).toEqual([['true']]);
  expect(
    await ask("SELECT DISTINCT name FROM `bigquery-public-data.usa_names.usa_1910_2013` WHERE state = 'TX' AND name = 'Mary'"),
  ).toEqual([['Mary']]);
  expect(
    await ask(
      'SELECT COUNT(url), COUNTIF(repository.owner = "google" AND repository.forks > 1) > 0 FROM `publicdata.samples.github_nested`',
    ),
  ).toEqual([['400', 'true']]);
  expect(await ask('SELECT COUNTIF(snow_depth >= 12.5) > 0, COUNTIF(snow_depth IS NULL) > 0 FROM `publicdata.samples.gsod`')).toEqual([
    ['true', 'true'],
  ]);
});

test('a second start leaves them alone', async () => {
  const before = engine.catalog.getTable({ projectId: 'publicdata', datasetId: 'samples', tableId: 'gsod' });
  await seedPublicData(engine);
  expect(engine.catalog.getTable({ projectId: 'publicdata', datasetId: 'samples', tableId: 'gsod' }).etag).toBe(before.etag);
});
