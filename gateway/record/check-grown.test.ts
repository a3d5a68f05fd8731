import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { findLost } from './check-grown.ts';
import { exportSession } from './export-session.ts';
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

/** A gateway that recorded a session and stopped; nothing of it was given away. */
async function recorded(directory: string, name: string): Promise<void> {
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder, name);
  await recordExchange(recorder, session, Buffer.from('rows'));
  await recorder.closeSession(session, 'idle');
  await recorder.close();
}

const exportOf = (directory: string) =>
  exportSession({
    directory,
    session: 'latest',
    outputPath: path.join(directory, 'out.wacz'),
    exportedBy: 'ann',
    exporterKey: createSignerKey('test/exporter'),
  });

test.each<[string, (journal: string) => void]>([
  ['gone', (journal) => rmSync(journal, { recursive: true })],
  ['emptied', (journal) => readdirSync(journal).forEach((name) => void rmSync(path.join(journal, name)))],
])('a journal that is %s is missed, though nobody exported from it', async (_, lose) => {
  const directory = freshDirectory();
  await recorded(directory, 'nightly');
  lose(journalFolder(directory));
  await expect(openRecorder({ directory })).rejects.toThrow(/holds 0 entries.*had written [1-9].*Restore journal\//);
  await expect(openRecorder({ directory })).rejects.toThrow(JournalLost);
  expect(checkJournal(directory)).toMatchObject({ exitCode: 2, findings: [expect.stringMatching(/had written.*Restore journal\//)] });
  await expect(exportOf(directory)).rejects.toThrow(JournalLost);
});

test('so is an older copy of it, and one that a killed gateway left', async () => {
  const directory = freshDirectory();
  await recorded(directory, 'monday');
  cpSync(journalFolder(directory), `${directory}-copy`, { recursive: true });
  const recorder = await openRecorder({ directory });
  const running = `${directory}-killed`;
  cpSync(directory, running, { recursive: true });
  await recorder.close();
  for (const one of [directory, running]) {
    expect(checkJournal(one).exitCode).toBeLessThan(2);
    rmSync(journalFolder(one), { recursive: true });
    cpSync(`${directory}-copy`, journalFolder(one), { recursive: true });
    await expect(openRecorder({ directory: one })).rejects.toThrow('had written');
  }
});

test('a mark that is damaged says nothing, and is written anew', async () => {
  const directory = freshDirectory();
  await recorded(directory, 'nightly');
  for (const text of ['', '{"writer"', '{"writer":"a","key":"b","size":"12"}', 'null']) {
    writeFileSync(path.join(directory, 'writer-log.json'), text);
    await (await openRecorder({ directory })).close();
    expect(readFileSync(path.join(directory, 'writer-log.json'), 'utf8')).toMatch(
      /^\{"writer":"steno.local\/gateway","key":"steno.local\/gateway\+[^"]*","size":\d+\}\n$/,
    );
  }
});

test('receipts, and what segments left of the log, speak of it too; strange files do not', () => {
  const directory = freshDirectory();
  expect(findLost(directory, 0)).toBeUndefined();
  mkdirSync(path.join(directory, 'receipts'), { recursive: true });
  writeFileSync(path.join(directory, 'receipts', 'notes.json'), '');
  writeFileSync(path.join(directory, 'exported-checkpoints'), 'x\n-4\n1e400\n');
  expect(findLost(directory, 0)).toBeUndefined();
  mkdirSync(path.join(directory, 'attestations'));
  writeFileSync(path.join(directory, 'attestations', '000000000000005.json'), '');
  expect(findLost(directory, 4)).toContain('speaks of 5');
  writeFileSync(path.join(directory, 'receipts', '7-retention.json'), '');
  expect(findLost(directory, 7)).toContain('speaks of 8');
  expect(findLost(directory, 8)).toBeUndefined();
  mkdirSync(path.join(directory, 'log'));
  writeFileSync(path.join(directory, 'log', '00000001-000001.ndjson'), '');
  expect(findLost(directory, 8)).toContain('the journal is empty');
});
