import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRecorder } from '../record/open-recorder.ts';
import { Receipts } from './receipts.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/retention.md'), 'utf8');
const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, code]) => code!);
const sessionId = '018f3c5e-7a1b-7c2d-8e3f-000000000001';
let folder: string;
const receipts: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steno-by-hand-'));
  const directory = join(folder, 'data');
  const recorder = await openRecorder({ directory });
  // Trees of many sizes, so that every turn of the path is taken.
  const entries = [];
  for (let index = 0; index < 11; index += 1)
    entries.push(await recorder.enter({ kind: 'retention', sessionId, digests: [], by: `steno ${index}`, reason: 'Zürich ✓' }));
  await recorder.close();
  receipts.push(...new Receipts(directory).write(entries).map(({ file }) => file));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = (receipt: string) =>
  spawnSync('bash', ['-c', blocks.join('\n')], {
    cwd: mkdtempSync(join(folder, 'run-')),
    env: { ...process.env, RECEIPT: receipt },
    encoding: 'utf8',
  });

test('the page checks receipts as written', () => {
  for (const receipt of receipts) {
    const { status, stdout, stderr } = check(receipt);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Signature Verified Successfully');
  }
});

test('the page finds a forged one', () => {
  const forged = join(folder, 'forged.json');
  writeFileSync(forged, readFileSync(receipts[4]!, 'utf8').replace('steno 4', 'steno 5'));
  expect(check(forged).status).not.toBe(0);
});
