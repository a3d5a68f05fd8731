import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';

let engine: Engine;
const table = (tableId: string) => ({ projectId: 'p', datasetId: 'd', tableId });

beforeEach(async () => {
  engine = await createEngine();
  await engine.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId: 'd' } });
  await engine.catalog.createTable({ tableReference: table('source'), schema: { fields: [{ name: 'n', type: 'INTEGER' }] } });
});
afterEach(async () => {
  vi.useRealTimers();
  await engine.close();
});

const run = (sql: string) => engine.query({ sql, projectId: 'p' });
const stream = (n: number) => engine.insertRows(table('source'), [{ json: { n } }]);
const copy = async () => {
  const { copiedRows } = await engine.copy({
    sources: [table('source')],
    destination: table('copied'),
    writeDisposition: 'WRITE_TRUNCATE',
  });
  return copiedRows;
};

test('rows that were streamed a moment ago are queried and not copied', async () => {
  await run('INSERT INTO d.source VALUES (1), (2)');
  await stream(3);
  expect(await engine.countRows(table('source'))).toBe(3n);
  expect(await copy()).toBe('2');
});

test('they are copied once they have settled, or once the table is rewritten', async () => {
  await stream(1);
  await run('UPDATE d.source SET n = n + 1 WHERE TRUE');
  expect(await copy()).toBe('1');
  await stream(2);
  expect(await copy()).toBe('1');
  vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date', 'performance'] });
  expect(await copy()).toBe('2');
});
