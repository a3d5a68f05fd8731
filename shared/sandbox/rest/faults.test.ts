import { afterEach, expect, test } from 'vitest';
import { anEngine } from './an-engine.ts';
import { createRestSurface, type RestSurface } from './create-rest-surface.ts';
import type { FaultOptions } from './faults.ts';

const numbers = {
  schema: { fields: [{ name: 'n', type: 'INTEGER' }] },
  rowCount: 500,
  toRow: (index: number) => ({ f: [{ v: String(index) }] }),
};

let surface: RestSurface;
let url: string;
afterEach(() => surface.close());

async function open(faults: FaultOptions): Promise<void> {
  surface = createRestSurface(anEngine({ tables: { 'p.d.t': numbers } }), { faults });
  url = `${await surface.app.listen({ host: '127.0.0.1', port: 0 })}/projects/p/datasets/d/tables/t/data`;
}

const read = async (headers: Record<string, string> = {}): Promise<string> =>
  (await fetch(url, { headers, signal: AbortSignal.timeout(600) })).text();

test('without the permission the header does nothing', async () => {
  await open({});
  expect(JSON.parse(await read({ 'x-sandbox-fault': 'cut; afterBytes=10' })).rows).toHaveLength(500);
});

test('cut: the connection breaks inside the body', async () => {
  await open({ honourHeader: true });
  await expect(read({ 'x-sandbox-fault': 'cut; afterBytes=100' })).rejects.toThrow(/terminated|fetch failed/);
});

test('stall: the connection stays, nothing more comes', async () => {
  await open({ honourHeader: true });
  await expect(read({ 'x-sandbox-fault': 'stall; afterBytes=100' })).rejects.toThrow(/timeout/);
});

test('wrong length: fewer bytes come than were promised', async () => {
  await open({ rules: [{ fault: { kind: 'wrong-length', extraBytes: 5 }, methodId: 'bigquery.tables.get' }] });
  await expect((await fetch(url.replace(/\/data$/, ''))).text()).rejects.toThrow(/terminated/);
});

test('slow: the same bytes, later', async () => {
  await open({ rules: [{ fault: { kind: 'slow', bytes: 500, everyMs: 20 } }] });
  const startedAt = Date.now();
  expect(JSON.parse(await read()).rows).toHaveLength(500);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(60);
});

test('truncated gzip: framed as a success, but its JSON has no end', async () => {
  await open({ rules: [{ fault: { kind: 'truncated-gzip', dropBytes: 200 } }] });
  const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'gzip']);
  const text = await response.text();
  expect(text).toMatch(/^\{"kind"/);
  expect(() => JSON.parse(text)).toThrow();
});

test('unavailable: as often as the rule says, after as many as it lets pass', async () => {
  await open({ rules: [{ fault: { kind: 'unavailable' }, methodId: 'bigquery.tabledata.list', after: 1, times: 2 }] });
  const statuses: number[] = [];
  for (let turn = 0; turn < 4; turn++) statuses.push((await fetch(url)).status);
  expect(statuses).toEqual([200, 503, 503, 200]);
});
