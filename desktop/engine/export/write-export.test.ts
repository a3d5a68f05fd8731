import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBundle } from '../../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../../fixtures/sessions/memory-evidence.ts';
import { salesSession } from '../../../fixtures/sessions/sales-session.ts';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import { createReviewEngine, type ReviewEngine } from '../create-review-engine.ts';
import { untilOpened } from '../testing/until-opened.ts';

const directory = mkdtempSync(join(tmpdir(), 'steno-export-test-'));
const bundle = createMemoryBundle(salesSession());
let engine: ReviewEngine;
let api: EngineApi;
let exchangeId: string;

beforeAll(async () => {
  engine = await createReviewEngine({ evidence: createMemoryEvidence([bundle]), settingsDirectory: false });
  api = createEngineClient(engine);
  await api.call('case:open', { paths: [bundle.path] });
  await untilOpened(api);
  exchangeId = (await api.call('exchange:list', { filter: 'number:2', offset: 0, limit: 1 })).rows[0]!.exchangeId;
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true });
});

const exportResult = async (format: 'csv' | 'ndjson' | 'parquet'): Promise<string> => {
  const path = join(directory, `result.${format}`);
  expect(await api.call('export:write', { what: { kind: 'result', exchangeId }, format, path })).toMatchObject({ rows: 5, path });
  return path;
};

describe('exporting a result', () => {
  it('as CSV defuses what a spreadsheet would run, and leaves numbers alone', async () => {
    expect(readFileSync(await exportResult('csv'), 'utf8').split('\n')).toEqual([
      'id,customer,total,paid',
      '9007199254740993,Ann,10.500000000,true',
      '2,Bob,0.000000001,false',
      '3,,,',
      `4,'=cmd|' /C'!A0,-7.000000000,true`,
      '5,Eve,99999999999999999999999999999.999999999,true',
      '',
    ]);
  });

  it('as NDJSON keeps every digit', async () => {
    expect(readFileSync(await exportResult('ndjson'), 'utf8').split('\n')[0]).toBe(
      '{"id":9007199254740993,"customer":"Ann","total":10.500000000,"paid":true}',
    );
  });

  it('as Parquet keeps the types', async () => {
    const path = await exportResult('parquet');
    const connection = await (await DuckDBInstance.create()).connect();
    const reader = await connection.runAndReadAll(`SELECT typeof(total), max(id) FROM read_parquet('${path}') GROUP BY ALL`);
    expect(reader.getRows()).toEqual([['DECIMAL(38,9)', 9007199254740993n]]);
    connection.closeSync();
  });
});

describe('exporting the list', () => {
  it('writes what the filter leaves', async () => {
    const path = join(directory, 'list.csv');
    expect(await api.call('export:write', { what: { kind: 'exchanges', filter: 'outcome:denied' }, format: 'csv', path })).toMatchObject({
      rows: 1,
    });
    expect(readFileSync(path, 'utf8')).toContain('forbid-hr');
  });

  it('never writes over a bundle, and says when a file cannot be written', async () => {
    const write = (path: string) => api.tryCall('export:write', { what: { kind: 'exchanges', filter: '' }, format: 'csv', path });
    expect(await write(bundle.path)).toMatchObject({ ok: false, error: { code: 'EXPORT_OVER_BUNDLE' } });
    expect(await write('/nowhere/at/all.csv')).toMatchObject({ ok: false, error: { code: 'EXPORT_FAILED' } });
  });
});
