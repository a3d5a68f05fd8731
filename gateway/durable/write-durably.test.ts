import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDurably, removeDurably, writeDurably } from './write-durably.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'steno-durable-'));
const file = path.join(folder, 'a.json');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => removeDurably(file));

test('a file is replaced as a whole, readable by its owner only, and nothing is left beside it', () => {
  writeFileSync(file, 'old', { mode: 0o644 });
  writeDurably(file, 'new');
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeDurably(file, Buffer.alloc(100_000, 1));
  expect(statSync(file).size).toBe(100_000);
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('a file that is made once keeps what the first one wrote', () => {
  createDurably(file, 'first');
  createDurably(file, 'second');
  expect(readFileSync(file, 'utf8')).toBe('first');
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('a file is removed, and removed again', () => {
  createDurably(file, 'first');
  removeDurably(file);
  removeDurably(file);
  expect(readdirSync(folder)).toEqual([]);
});
