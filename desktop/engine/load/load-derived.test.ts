import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toSignerKey } from '../../../shared/bundle/ed25519-key.ts';
import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { planStory, story } from '../../../shared/bundle/testing/evidence-story.ts';
import { forgeBundle } from '../../../shared/bundle/testing/forge-bundle.ts';
import { planEnding, planExporterKey, planWriterKey, writePlan } from '../../../shared/bundle/testing/plan-bundle.ts';
import { redactColumn, redactField } from '../../../shared/bundle/testing/redact-plan.ts';
import { addDerived } from '../../../shared/derived/add-derived.ts';
import { derivedPath, exchangeTables } from '../../../shared/derived/fill-tables.ts';
import { createTables } from '../../../shared/derived/tables.sql.ts';
import { openCase } from '../testing/open-case.ts';
import { fileEvidence } from './file-evidence.ts';
import { loadBundle } from './load-bundle.ts';
import { loadDerived } from './load-derived.ts';

let folder = '';
let bundle = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steno-derived-'));
  bundle = join(folder, 'derived.wacz');
  const plan = planStory('derived', false);
  redactField(plan, story.secret, 'sql');
  redactColumn(plan, story.people, 1);
  await writePlan(plan, join(folder, 'draft.wacz'));
  await addDerived(join(folder, 'draft.wacz'), bundle, planEnding(plan, plan.leaves));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withTables(run: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(createTables);
  await run(connection);
  connection.closeSync();
  instance.closeSync();
}

async function rowsOf(connection: DuckDBConnection, table: string): Promise<unknown> {
  return (await connection.runAndReadAll(`SELECT * FROM ${table} ORDER BY ALL`)).getRowsJson();
}

const pinned = [planWriterKey.text, planExporterKey.text];
const forever = new AbortController().signal;
const loading = (connection: DuckDBConnection, trustsExporter: boolean) =>
  ({ connection, catalog: 'memory', checks: [], trustsExporter, folder, signal: forever, onProgress: () => undefined }) as const;

test('tables that came along hold what the records say', async () => {
  const opened = await openBundle(bundle);
  const { verdict, checks } = await fileEvidence.verify(opened, { pinnedKeys: pinned, signal: forever, onCheck: () => undefined });
  expect({ verdict, faults: checks.filter(({ status }) => status === 'failed' || status === 'missing') }).toEqual({
    verdict: 'sound',
    faults: [],
  });
  await withTables(async (derived) => {
    await derived.run('BEGIN');
    expect(await loadDerived(opened, derived, 'memory', folder)).toBe(true);
    await withTables(async (rebuilt) => {
      await loadBundle(opened, loading(rebuilt, false));
      for (const table of exchangeTables) expect([table, await rowsOf(derived, table)]).toEqual([table, await rowsOf(rebuilt, table)]);
      expect((await rowsOf(rebuilt, 'exchange')) as unknown[]).toHaveLength(8);
    });
  });
  await opened.close();
});

test('tables that say something else are read from nobody but who is pinned', async () => {
  const mallory = toSignerKey('mallory.example', Buffer.alloc(32, 13));
  const forged = join(folder, 'forged.wacz');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const lie = join(folder, 'lie.parquet');
  const opened = await openBundle(bundle);
  await connection.run(createTables);
  await loadBundle(opened, loading(connection, false));
  await opened.close();
  await connection.run(`UPDATE exchange SET who = 'somebody else'`);
  await connection.run(`COPY exchange TO '${lie}' (FORMAT parquet)`);
  await forgeBundle(bundle, forged, mallory, (members) => members.set(derivedPath('exchange'), readFileSync(lie)));
  connection.closeSync();
  instance.closeSync();

  const whoIn = async (keys: readonly string[]): Promise<unknown> => {
    const review = await openCase([forged], keys);
    const seen = await review.database.all('SELECT DISTINCT who FROM exchange');
    await review.close();
    return JSON.stringify(seen);
  };
  expect(await whoIn(pinned)).toContain('agent@acme.example');
  expect(await whoIn([planWriterKey.text])).toContain('agent@acme.example');
  // Whoever pins a key believes its holder: this is what pinning means.
  expect(await whoIn([planWriterKey.text, mallory.text])).toContain('somebody else');
});

test('a file that is no table, or not all of one, is rebuilt from the records', async () => {
  for (const [name, change] of [
    ['no table', () => Buffer.from('PAR1 nonsense PAR1')],
    ['nothing', () => Buffer.alloc(0)],
  ] as const) {
    const forged = join(folder, 'odd.wacz');
    await forgeBundle(bundle, forged, planExporterKey, (members) => members.set(derivedPath('statement'), change()));
    const opened = await openBundle(forged);
    await withTables(async (connection) => {
      const outcome = await loadBundle(opened, loading(connection, true));
      expect([name, outcome.exchangesLoaded, outcome.fault]).toEqual([name, 8, undefined]);
      expect((await rowsOf(connection, 'statement')) as unknown[]).toHaveLength(7);
      expect((await rowsOf(connection, 'exchange')) as unknown[]).toHaveLength(8);
    });
    await opened.close();
  }
});

test('tables of an older release, which know less of an exchange, are made of the records', async () => {
  const [old, older] = [join(folder, 'old.parquet'), join(folder, 'older.wacz')];
  await withTables(async (connection) => {
    const opened = await openBundle(bundle);
    await loadBundle(opened, loading(connection, false));
    await opened.close();
    await connection.run(`COPY (SELECT * EXCLUDE (end_seq, redacted) FROM exchange) TO '${old}' (FORMAT parquet)`);
  });
  await forgeBundle(bundle, older, planExporterKey, (members) =>
    members.set(derivedPath('exchange'), readFileSync(old)).set('derived/record.parquet', readFileSync(old)),
  );
  const opened = await openBundle(older);
  const { verdict } = await fileEvidence.verify(opened, { pinnedKeys: pinned, signal: forever, onCheck: () => undefined });
  expect(verdict).toBe('sound');
  await withTables(async (connection) => {
    await loadBundle(opened, loading(connection, true));
    const ended = await connection.runAndReadAll('SELECT count(end_seq), count(redacted) FROM exchange');
    expect(ended.getRows()).toEqual([[8n, 8n]]);
  });
  await opened.close();
});
