import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findLost } from './check-grown.ts';
import { checkJournal } from './fsck.ts';
import { journalFolder } from './list-segments.ts';
import { openRecorder } from './open-recorder.ts';
import { JournalLost } from './record-errors.ts';
import { aSession, readBack, recordExchange } from './testing/an-exchange.ts';
import { freshDirectory } from './testing/fresh-directory.ts';

/** A gateway that recorded a session, exported it, and stopped. */
async function exported(directory: string, name: string): Promise<void> {
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder, name);
  await recordExchange(recorder, session, Buffer.from('rows'));
  await recorder.closeSession(session, 'idle');
  await readBack(directory, session);
  await recorder.close();
}

test('a log is never begun anew where an export speaks of a longer one', async () => {
  const directory = freshDirectory();
  await exported(directory, 'nightly');
  expect(checkJournal(directory)).toMatchObject({ exitCode: 0, findings: [] });
  renameSync(journalFolder(directory), `${directory}-away`);
  await expect(openRecorder({ directory })).rejects.toThrow(JournalLost);
  expect(checkJournal(directory)).toMatchObject({ exitCode: 2, findings: [expect.stringContaining('holds 0 entries')] });
  rmSync(journalFolder(directory), { recursive: true });
  renameSync(`${directory}-away`, journalFolder(directory));
  await (await openRecorder({ directory })).close();
  expect(checkJournal(directory)).toMatchObject({ exitCode: 0, findings: [] });
});

test('nor is it continued from an older copy of the journal', async () => {
  const directory = freshDirectory();
  await exported(directory, 'monday');
  cpSync(journalFolder(directory), `${directory}-copy`, { recursive: true });
  await exported(directory, 'tuesday');
  rmSync(journalFolder(directory), { recursive: true });
  cpSync(`${directory}-copy`, journalFolder(directory), { recursive: true });
  await expect(openRecorder({ directory })).rejects.toThrow('an export or a receipt speaks of');
  expect(checkJournal(directory).exitCode).toBe(2);
});

test('receipts, and what segments left of the log, speak of it too; strange files do not', () => {
  const directory = freshDirectory();
  expect(findLost(directory, 0)).toBeUndefined();
  mkdirSync(path.join(directory, 'receipts'), { recursive: true });
  writeFileSync(path.join(directory, 'receipts', 'notes.json'), '');
  writeFileSync(path.join(directory, 'exported-checkpoints'), 'x\n-4\n1e400\n');
  expect(findLost(directory, 0)).toBeUndefined();
  writeFileSync(path.join(directory, 'receipts', '7-retention.json'), '');
  expect(findLost(directory, 7)).toContain('speaks of 8');
  expect(findLost(directory, 8)).toBeUndefined();
  mkdirSync(path.join(directory, 'log'));
  writeFileSync(path.join(directory, 'log', '00000001-000001.ndjson'), '');
  expect(findLost(directory, 8)).toContain('the journal is empty');
});
