import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkObjectName, checkPrefix, isObjectName, UnusableName } from './object-name.ts';

const hostile = [
  ['nothing', ''],
  ['an absolute path', '/etc/passwd'],
  ['a folder', 'a/'],
  ['an empty part', 'a//b'],
  ['this folder', '.'],
  ['the folder above', '..'],
  ['a way out', '../a'],
  ['a way out and in again', 'a/../b'],
  ['a detour', 'a/./b'],
  ['files of the store itself', '.facts/a'],
  ['facts of another object', 'a~facts.json'],
  ['an end of string', 'a\0b'],
  ["Windows' separator", 'a\\..\\b'],
  ["Windows' drive", 'C:a'],
  ['a stream of NTFS', 'a:b'],
  ["Windows' device", 'aux'],
  ["Windows' device with an extension", 'x/NUL.json'],
  ['what Windows drops from the end', 'a.'],
  ['a space', 'a b'],
  ['letters that file systems write in two ways', 'ä'],
  ['a line end', 'a\n'],
  ['an escape', 'a%2e%2e'],
  ['a wildcard', 'a*'],
  ['a part that is too long', 'x'.repeat(201)],
  ['a name that is too long', `${'x/'.repeat(250)}x`],
] as const;

test.each(hostile)('%s is no name of an object', (_what, name) => {
  expect(() => checkObjectName(name)).toThrow(UnusableName);
});

test.each(['a', 'objects/0a1b', 'recordings/12-0198f7e2-77a1/1.json', 'fleet/date=2026-11-22/a_b-c.parquet', '-', '_a', 'x'.repeat(200)])(
  '%s is one',
  (name) => {
    checkObjectName(name);
  },
);

test.each(['', 'a', 'a/', 'objects/0', 'a/b.', 'a/b-'])('%j begins names', (prefix) => checkPrefix(prefix));
test.each(['/', '../', '..', 'a//', '.f', 'a/../', 'a\0', 'aux/'])('%j does not', (prefix) =>
  expect(() => checkPrefix(prefix)).toThrow(UnusableName),
);

test('whatever is a name stays below the root, as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'Z', '.', '/', '-', '=', '~', '\\', ' ', '\0') }), (text) => {
      if (!isObjectName(text)) return;
      expect(path.posix.join('/root', text)).toBe(`/root/${text}`);
      expect(path.win32.normalize(text)).toBe(text.replaceAll('/', '\\'));
      for (let end = 0; end <= text.length; end += 1) checkPrefix(text.slice(0, end));
    }),
    { numRuns: 5000 },
  );
});
