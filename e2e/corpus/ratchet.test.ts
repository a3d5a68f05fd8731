import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRatchet, writeRatchet } from './ratchet.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-ratchet-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('ids come back as they were written, one line for each file they are from', async () => {
  const path = join(directory, 'ratchet.json');
  const ids = new Set(['source:b.test:10', 'source:b.test:9', 'source:a/a.yaml:1']);
  await writeRatchet(path, ids);
  expect(await readRatchet(path)).toEqual(ids);
  expect(await readFile(path, 'utf8')).toBe('{\n"source:a/a.yaml": ["1"],\n"source:b.test": ["9","10"]\n}\n');
});

test('without a file nothing is held yet', async () => {
  expect((await readRatchet(join(directory, 'absent.json'))).size).toBe(0);
});
