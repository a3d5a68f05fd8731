import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { verifyWindowInPython } from '../../shared/bundle/testing/compare-verifiers.ts';
import { compareWriters } from '../../shared/bundle/window/compare-writers.ts';
import { verifyWindow, type WindowQuestion } from '../../shared/bundle/window/verify-window.ts';
import type { WindowFile } from '../../shared/bundle/window/window-file.ts';
import { exportSession } from './export-session.ts';
import { readKeyEpochs, requestRotation } from './key-ring.ts';
import { openRecorder } from './open-recorder.ts';
import type { Recorder } from './recorder.ts';
import { anEnd, anIntent, aPrincipal } from './testing/an-exchange.ts';
import { takeWindow } from './write-window.ts';

let folder = '';
let directory = '';
/** The clock of the writer; nothing waits for it. */
let now = 0;
const at = (minutes: number, seconds = 0): string => new Date(Date.UTC(2026, 2, 1, 12, minutes, seconds)).toISOString();
const setClock = (minutes: number, seconds = 0): void => {
  now = Date.parse(at(minutes, seconds));
};
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-window-'));
  directory = path.join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = async (): Promise<Recorder & { heartbeat(): void; signNews(): boolean }> =>
  (await openRecorder({ directory, now: () => new Date(now), heartbeatMs: 3_600_000 })) as never;

let sessions = 0;
function begin(recorder: Recorder): string {
  sessions += 1;
  const sessionId = `00000000-0000-4000-8000-${String(sessions).padStart(12, '0')}`;
  recorder.openSession({ sessionId, name: `session ${sessions}`, principal: aPrincipal });
  return sessionId;
}

async function work(recorder: Recorder, sessionId: string): Promise<void> {
  const record = recorder.open(anIntent(sessionId));
  await record.durable();
  await record.end(anEnd(0));
}

/** Ten minutes: a heartbeat every minute, a session from 12:02 to 12:04, another from 12:05 to 12:07. Returns their ids. */
async function tenMinutes(): Promise<string[]> {
  setClock(0);
  const recorder = await open();
  const ids: string[] = [];
  for (let minute = 1; minute <= 10; minute += 1) {
    setClock(minute);
    if (minute === 2 || minute === 5) {
      ids.push(begin(recorder));
      await work(recorder, ids.at(-1)!);
      recorder.signNews();
    }
    if (minute === 4 || minute === 7) await recorder.closeSession(ids.at(-1)!, 'done');
    recorder.heartbeat();
  }
  await recorder.close();
  return ids;
}

const key = (): string => readKeyEpochs(directory)[0]!.key;

function write(window: WindowFile): string {
  const file = path.join(folder, 'window.json');
  writeFileSync(file, JSON.stringify(window));
  return file;
}

/** Both verifiers, which must agree. */
async function judge(window: WindowFile, question: Partial<WindowQuestion> = {}) {
  const file = write(window);
  const judged = await verifyWindow(file, { pinnedKeys: [key()], ...question });
  const python = verifyWindowInPython(file, question.pinnedKeys ?? [key()], question);
  const summary = ({
    verdict,
    coverage,
    gaps,
    missing,
    quietSessions,
    checks,
  }: Pick<typeof judged, 'verdict' | 'coverage' | 'gaps' | 'missing' | 'quietSessions' | 'checks'>) => ({
    verdict,
    coverage,
    gaps: gaps.map((gap) => [gap.from, gap.to]),
    missing: missing ?? null,
    quietSessions,
    faults: checks.filter(({ status }) => status !== 'passed').map(({ name, status }) => `${name} ${status}`),
  });
  expect(summary(python as never)).toEqual(summary(judged));
  return judged;
}

test('a window in which the writer ran is covered, and its sessions are named', async () => {
  await tenMinutes();
  const judged = await judge(takeWindow(directory, at(3), at(8)));
  expect([judged.verdict, judged.coverage, judged.gaps, judged.quietSessions]).toEqual(['sound', 'covered', [], 0]);
  expect(judged.sessions.map(({ number }) => number)).toEqual([1, 2]);
  expect((await judge(takeWindow(directory, at(4, 30), at(4, 50)))).sessions).toEqual([]);
  expect((await judge(takeWindow(directory, at(3), at(8)), { pinnedKeys: [] })).verdict).toBe('sound-unknown-key');
});

test('while the gateway was down there is a gap, also after a clean stop', async () => {
  await tenMinutes();
  setClock(20);
  const again = await open();
  setClock(21);
  again.heartbeat();
  await again.close();
  const judged = await judge(takeWindow(directory, at(9), at(21)));
  expect([judged.coverage, judged.gaps]).toEqual(['covered-with-gaps', [{ from: at(10), to: at(20), reason: 'no writer ran' }]]);
  expect((await judge(takeWindow(directory, at(12), at(18)))).coverage).toBe('not-covered');
  expect((await judge(takeWindow(directory, at(9), at(21)), { from: at(20, 10), to: at(20, 50) })).coverage).toBe('covered');
});

test('silence of a writer, and time that no entry follows, are gaps', async () => {
  setClock(0);
  const recorder = await open();
  setClock(1);
  recorder.heartbeat();
  setClock(3);
  recorder.heartbeat();
  await recorder.close();
  const window = takeWindow(directory, at(0), at(4));
  const judged = await judge(window);
  expect(judged.gaps).toEqual([
    { from: at(1), to: at(3), reason: 'the writer was silent for 120 s' },
    { from: at(3), to: at(4), reason: 'after the last entry of this file' },
  ]);
  const before = await judge(takeWindow(directory, '2026-03-01T11:00:00.000Z', at(0, 30)));
  expect(before.gaps).toEqual([{ from: '2026-03-01T11:00:00.000Z', to: at(0), reason: 'the log had not begun' }]);
});

const exported = async (session: string, name: string, from = directory): Promise<string> => {
  const outputPath = path.join(folder, name);
  mkdirSync(path.dirname(outputPath), { recursive: true });
  await exportSession({ directory: from, session, outputPath, exportedBy: 'test', exporterKey: createSignerKey('test/exporter') });
  return outputPath;
};

test('a session whose bundle is kept back shows', async () => {
  const [one, two] = await tenMinutes();
  const window = takeWindow(directory, at(1), at(9));
  const first = await exported(one!, 'one.wacz');
  const second = await exported(two!, 'two.wacz');
  expect((await judge(window, { bundles: [first, second] })).missing).toEqual([]);
  expect((await judge(window, { bundles: [second] })).missing).toEqual([1]);
  const damaged = path.join(folder, 'damaged.wacz');
  writeFileSync(damaged, readFileSync(first).subarray(0, -30));
  expect((await judge(window, { bundles: [damaged, second] })).missing).toEqual([1]);
  expect((await judge(takeWindow(directory, at(6), at(9)), { bundles: [second] })).missing).toEqual([]);
});

test('who pinned the key from before a rotation is answered too', async () => {
  await tenMinutes();
  const old = key();
  setClock(11);
  requestRotation(directory, 0);
  await (await open()).close();
  setClock(12);
  await (await open()).close();
  expect((await judge(takeWindow(directory, at(2), at(9)), { pinnedKeys: [old] })).verdict).toBe('sound');
  expect((await judge(takeWindow(directory, at(2), at(12)), { pinnedKeys: [readKeyEpochs(directory)[1]!.key] })).verdict).toBe('sound');
});

test.each<[string, (window: WindowFile) => WindowFile]>([
  ['an entry left out', (window) => ({ ...window, leaves: window.leaves.toSpliced(2, 1) })],
  [
    'an entry changed',
    (window) => ({ ...window, leaves: window.leaves.map((text) => text.replace('"openSessions":1', '"openSessions":0')) }),
  ],
  ['the end cut off', (window) => ({ ...window, leaves: window.leaves.slice(0, -1) })],
  ['the beginning cut off', (window) => ({ ...window, leaves: window.leaves.slice(1), first: window.first + 1 })],
  ['entries swapped', (window) => ({ ...window, leaves: [window.leaves[1]!, window.leaves[0]!, ...window.leaves.slice(2)] })],
  ['another border', (window) => ({ ...window, border: window.border.map(() => 'ab'.repeat(32)) })],
  ['one hash more in the border', (window) => ({ ...window, border: [...window.border, 'ab'.repeat(32)] })],
  ['another writer', (window) => ({ ...window, writer: 'mallory.example' })],
  ['another size', (window) => ({ ...window, checkpoint: window.checkpoint.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`) })],
  ['no signature', (window) => ({ ...window, checkpoint: window.checkpoint.split('\u2014')[0]! })],
  ['a field too many', (window) => ({ ...window, more: 1 }) as never],
  ['a time that ends before it begins', (window) => ({ ...window, from: window.to, to: window.from })],
  ['a time without length', (window) => ({ ...window, from: window.to })],
  ['a day that no calendar has', (window) => ({ ...window, to: '2026-13-45T99:99:99.999Z' })],
])('%s is found', async (_, forge) => {
  await tenMinutes();
  const window = takeWindow(directory, at(3), at(8));
  const judged = await judge(forge(window));
  expect([judged.verdict, judged.coverage]).toEqual(['not-sound', 'not-covered']);
});

test('two exports of one writer: it only grew, or the fork shows', async () => {
  const [one, two] = await tenMinutes();
  const fork = path.join(folder, 'fork');
  const { cpSync } = await import('node:fs');
  cpSync(directory, fork, { recursive: true });
  const first = await exported(one!, 'a.wacz');
  const second = await exported(two!, 'b.wacz');
  expect((await compareWriters([first, second])).map(({ status }) => status)).toEqual(['consistent']);
  setClock(30);
  const recorder = await open();
  const ours = begin(recorder);
  await work(recorder, ours);
  await recorder.closeSession(ours, 'done');
  await recorder.close();
  const third = await exported(ours, 'c.wacz');
  expect((await compareWriters([first, third])).map(({ status, detail }) => [status, detail])).toEqual([
    ['consistent', expect.stringMatching(/^the log only grew, from \d+ to \d+ entries$/)],
  ]);
  const here = directory;
  directory = fork;
  setClock(31);
  const forked = await open();
  let theirs = '';
  for (let turn = 0; turn < 3; turn += 1) {
    theirs = begin(forked);
    await work(forked, theirs);
    await forked.closeSession(theirs, 'done');
  }
  await forked.close();
  const fourth = await exported(theirs, 'd.wacz');
  directory = here;
  expect((await compareWriters([third, fourth])).map(({ status }) => status)).toEqual(['forked']);
});
