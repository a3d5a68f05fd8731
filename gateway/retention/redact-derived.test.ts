import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { DERIVED_FOLDER } from '../../shared/bundle/format.ts';
import { anAnswer } from '../../shared/bundle/testing/evidence-story.ts';
import { readMembers } from '../../shared/bundle/testing/mutate-bundle.ts';
import { BundlePlanner, planEnding, writePlan } from '../../shared/bundle/testing/plan-bundle.ts';
import { addDerived } from '../../shared/derived/add-derived.ts';
import { redactBundle } from './redact-bundle.ts';
import type { Redaction } from './redaction.ts';
import { findPlanted } from './testing/find-planted.ts';

const planted = { cell: 'zoe.planted.8841@acme.example', answer: 'a planted answer 7731', sql: 'planted literal 5512' } as const;
const values = Object.values(planted);
const exporterKey = createSignerKey('acme.test/officer');
let folder = '';
let bundle = '';
let bare = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steno-redact-derived-'));
  const planner = new BundlePlanner('planted');
  const exchange = (sql: string, rows: readonly (readonly string[])[]): void =>
    planner.exchange({ sql, bodies: [{ side: 'response', stored: 'verbatim', bytes: anAnswer(rows) }], columns: 'digested' });
  exchange('SELECT * FROM people', [
    ['Zoe', planted.cell, '1'],
    ['Bob', 'bob@acme.example', '2'],
  ]);
  exchange('SELECT * FROM notes', [[planted.answer, 'x', '1']]);
  exchange(`SELECT * FROM t WHERE a = '${planted.sql}'`, [['kept', 'x', '1']]);
  const plan = planner.close();
  const draft = join(folder, 'draft');
  [bundle, bare] = [join(folder, 'planted.wacz'), join(folder, 'bare.wacz')];
  await writePlan(plan, draft);
  await addDerived(draft, bundle, planEnding(plan, plan.leaves));
  await addDerived(draft, bare, planEnding(plan, plan.leaves), { rowBytes: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tables that came with a bundle, decoded: every row as JSON, by the name of its file. */
async function decodeTables(path: string): Promise<Record<string, string>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const tables: Record<string, string> = {};
  for (const [member, bytes] of readMembers(readFileSync(path))) {
    if (!member.startsWith(DERIVED_FOLDER)) continue;
    const file = join(folder, basename(member));
    writeFileSync(file, bytes);
    tables[member] = JSON.stringify((await connection.runAndReadAll(`SELECT t::VARCHAR FROM '${file}' t`)).getRows());
  }
  connection.closeSync();
  instance.closeSync();
  return tables;
}

const found = (tables: Record<string, string>): string[] =>
  values.filter((value) => Object.values(tables).some((text) => text.includes(value)));

async function redact(redactions: readonly Redaction[], from = bundle): Promise<string> {
  const outputPath = join(folder, `redacted-${Math.random()}.wacz`);
  await redactBundle({ bundle: from, outputPath, redactions, by: 'jo@acme.test', exporterKey });
  return outputPath;
}

it('values stand in the tables of a bundle while nothing is taken out', async () => {
  expect(found(await decodeTables(bundle))).toEqual(values);
  expect(Object.keys(await decodeTables(bundle))).toEqual(expect.arrayContaining(['derived/result.parquet', 'derived/rows-0001.parquet']));
});

it.each<[string, Redaction, string]>([
  ['a column', { kind: 'column', column: 'email', exchange: 1 }, planted.cell],
  ['an answer', { kind: 'body', side: 'response', exchange: 2 }, planted.answer],
  ['a statement', { kind: 'field', field: 'sql', exchange: 3 }, planted.sql],
])('%s that is taken out is in no table either; the rest is', async (_case, redaction, gone) => {
  const redacted = await redact([redaction]);
  expect(found(await decodeTables(redacted))).toEqual(values.filter((value) => value !== gone));
  expect(findPlanted([redacted], [gone])).toEqual([]);
});

it('rows of what is left are there, and say which column is not', async () => {
  const tables = await decodeTables(await redact([{ kind: 'column', column: 'email', exchange: 1 }]));
  expect(tables['derived/rows-0001.parquet']).toContain("'name': Zoe, 'email': '[redacted]', 'amount': 1");
  expect(tables['derived/result.parquet']).toContain('was taken out of the bundle: its cells hold no values.');
});

it('who exported no rows gets none by redacting', async () => {
  const tables = await decodeTables(await redact([{ kind: 'field', field: 'sql', exchange: 3 }], bare));
  expect(Object.keys(tables).filter((name) => /rows|result/.test(name))).toEqual([]);
  expect(Object.keys(tables)).toContain('derived/exchange.parquet');
});
