import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { refuseImport } from './import-table.ts';

const root = join(import.meta.dirname, '../..');
/** Tests, their doubles, and test data (`an-order.ts` exports `anOrder`). */
const isTest = (path: string): boolean => /\.test\.tsx?$|\.spec\.ts$|\/testing\/|\/an?-[^/]+$/.test(path);

function sources(): string[] {
  const folders = ['gateway', 'desktop', 'shared', 'fixtures', 'e2e'];
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((each) => `${folder}/${each}`),
  );
  return ['steno.ts', ...below].filter((path) => /\.tsx?$/.test(path) && !isTest(path) && !path.endsWith('.config.ts'));
}

/** Every import of a file, types included: knowing another part's types is knowing that part. */
function importsOf(path: string): string[] {
  const found = ts.preProcessFile(readFileSync(join(root, path), 'utf8'), true, true).importedFiles.map((each) => each.fileName);
  return found.map((name) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name));
}

test('imports follow the table', () => {
  const files = sources();
  const refused = files.flatMap((from) =>
    importsOf(from).flatMap((to) => refuseImport(from, to)?.concat(` (${from} imports ${to})`) ?? []),
  );
  expect(refused).toEqual([]);
  expect(files.length, 'the scan sees the project').toBeGreaterThan(30);
});

test('the product never imports fixtures, stories or tests', () => {
  const product = sources().filter((path) => !/^(fixtures|e2e)\/|^steno\.ts$/.test(path));
  const leaks = product.flatMap((from) =>
    importsOf(from)
      .filter((to) => /^(fixtures|e2e)\//.test(to) || isTest(to))
      .map((to) => `${from} imports ${to}`),
  );
  expect(leaks).toEqual([]);
});

test.each([
  ['gateway/policy/judge.ts', 'gateway/identity/verify-token.ts', 'gateway/policy may not import gateway/identity'],
  ['gateway/app.ts', 'desktop/engine/load/load.ts', 'gateway may not import desktop/engine'],
  ['desktop/renderer/app.tsx', 'node:fs', 'desktop/renderer may not use node:fs'],
  ['desktop/renderer/app.tsx', 'desktop/engine/load/load.ts', 'desktop/renderer may not import desktop/engine'],
  ['desktop/engine/load/load.ts', 'electron', 'desktop/engine may not use electron'],
  ['shared/googlesql/parse-script.ts', '@duckdb/node-api', 'shared/googlesql may not use @duckdb/node-api'],
  ['gateway/app.ts', 'gateway/policy/judge.ts', undefined],
])('%s → %s: %s', (from, to, refusal) => {
  expect(refuseImport(from, to)).toBe(refusal);
});
