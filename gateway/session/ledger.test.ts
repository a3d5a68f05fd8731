import fs, { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { Ledger, LedgerDown } from './ledger.ts';

const directory = mkdtempSync(join(tmpdir(), 'ledger-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const job = (jobId: string, subject = 'a') => ({ projectId: 'p', jobId, issuer: 'i', subject, wishes: '[]' });

test('the first owner of a job stays', async () => {
  const ledger = new Ledger(join(directory, 'first'));
  ledger.ownJob(job('j'));
  ledger.ownJob(job('j', 'b'));
  await ledger.commit();
  expect(ledger.findJob('p', 'j')?.subject).toBe('a');
  await ledger.close();
});

test('what was committed is in the files when the promise resolves, whoever else is waiting', async () => {
  const ledger = new Ledger(join(directory, 'busy'));
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      ledger.ownJob(job(`j${index}`));
      await ledger.commit();
      if (index % 50 !== 0) return;
      const copy = join(directory, `copy-${index}`);
      fs.mkdirSync(copy);
      for (const file of ['ledger.sqlite', 'ledger.sqlite-wal']) copyFileSync(join(directory, 'busy', file), join(copy, file));
      const found = new Ledger(copy);
      expect(found.findJob('p', `j${index}`)).toBeDefined();
      await found.close();
    }),
  );
  await ledger.close();
});

test('a ledger whose files are gone says what to do, and keeps nothing half', async () => {
  const folder = join(directory, 'gone');
  const ledger = new Ledger(folder);
  const other = new DatabaseSync(join(folder, 'ledger.sqlite'));
  other.exec('PRAGMA busy_timeout = 0; DROP TABLE IF EXISTS bigquery_session');
  other.close();
  expect(() => ledger.findBigQuerySession('s')).toThrow(LedgerDown);
  expect(() => ledger.findBigQuerySession('s')).toThrow('Restart the gateway');
  await ledger.close();
});
