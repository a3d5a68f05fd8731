import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine } from '../engine/create-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { loadFolder } from './load-folder.ts';

let engine: Engine;
let folder: string;
beforeEach(async () => {
  engine = await createEngine();
  folder = await mkdtemp(join(tmpdir(), 'seed-test-'));
});
afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

async function seed(files: Readonly<Record<string, string | Uint8Array>>): Promise<string[]> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return (await loadFolder(engine, 'p', folder)).map(({ table, rows }) => `${table} ${rows}`);
}

async function ask(sql: string): Promise<unknown[][]> {
  const { destinationTable } = await engine.query({ sql, projectId: 'p' });
  const rows: unknown[][] = [];
  for await (const page of engine.readRows(destinationTable!)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}

it('makes datasets and tables as their files say, and runs the scripts', async () => {
  expect(
    await seed({
      'shop/dataset.json': '{"location": "EU", "labels": {"team": "data"}}',
      'shop/orders.csv': 'id,at\n1,2024-01-01\n2,2024-01-02\n',
      'shop/orders.schema.json': JSON.stringify({
        schema: {
          fields: [
            { name: 'id', type: 'STRING', mode: 'REQUIRED' },
            { name: 'at', type: 'DATE' },
          ],
        },
        timePartitioning: { type: 'DAY', field: 'at' },
      }),
      'shop/events.ndjson': '{"n": 1, "tags": ["a"]}\n',
      'shop/packed.csv.gz': gzipSync('a,b\n1,x\n'),
      'shop/empty.schema.json': '[{"name": "x", "type": "INTEGER"}]',
      'shop/views.sql': 'CREATE VIEW latest AS SELECT MAX(`at`) AS day FROM orders;',
      'zz.sql': 'INSERT INTO shop.empty SELECT COUNT(*) FROM shop.orders',
      'README.md': 'what this is',
    }),
  ).toEqual(['shop.events 1', 'shop.orders 2', 'shop.packed 1', 'shop.empty 0']);
  expect(engine.catalog.getDataset({ projectId: 'p', datasetId: 'shop' })).toMatchObject({ location: 'EU', labels: { team: 'data' } });
  expect(await ask('SELECT id FROM shop.orders ORDER BY id')).toEqual([['1'], ['2']]);
  expect(engine.catalog.getTable({ projectId: 'p', datasetId: 'shop', tableId: 'orders' }).timePartitioning).toMatchObject({ field: 'at' });
  expect(await ask('SELECT day, (SELECT x FROM shop.empty) FROM shop.latest')).toEqual([['2024-01-02', '2']]);
});

it('seeds twice without doubling', async () => {
  const files = { 'd/t.csv': 'a\n1\n', 'd/e.schema.json': '[{"name": "x", "type": "INTEGER"}]' };
  await seed(files);
  await seed(files);
  expect(await ask('SELECT COUNT(*) FROM d.t')).toEqual([['1']]);
});

it.each<[string, Record<string, string>, RegExp]>([
  [
    'a bad row of CSV',
    { 'd/t.csv': '1\nx\n', 'd/t.schema.json': '[{"name": "a", "type": "INTEGER"}]' },
    /d\/t\.csv:2 cannot be loaded: Could not parse 'x' as INT64/,
  ],
  [
    'a bad row of JSON',
    { 'd/t.ndjson': '{"a": 1}\n{"b": 1}\n', 'd/t.schema.json': '[{"name": "a", "type": "INTEGER"}]' },
    /d\/t\.ndjson:2 cannot be loaded: .*No such field: b/,
  ],
  ['a schema that is no JSON', { 'd/t.csv': '1\n', 'd/t.schema.json': '[\n{"name": }]' }, /d\/t\.schema\.json:2 is no JSON/],
  ['a type that does not exist', { 'd/t.schema.json': '[{"name": "a", "type": "WHOLE"}]' }, /d\/t\.schema\.json cannot be loaded: .*WHOLE/],
  ['a script', { 'd/a.sql': 'SELECT 1;\nSELECT nothing;' }, /d\/a\.sql:2 cannot be loaded: .*nothing/],
  ['another kind of file', { 'd/t.xlsx': '' }, /d\/t\.xlsx is nothing to seed from/],
  ['two files for a table', { 'd/t.csv': 'a\n1\n', 'd/t.ndjson': '{"a": 1}\n' }, /second file for the table d\.t/],
])('says where %s is', async (_what, files, message) => {
  await expect(seed(files)).rejects.toThrow(message);
});

it('says that there is no such folder', async () => {
  await expect(loadFolder(engine, 'p', join(folder, 'nowhere'))).rejects.toThrow('There is no folder');
});
