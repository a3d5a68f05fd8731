import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
const documented = new Set([...read('docs/dependencies.md').matchAll(/`([^`\s]+)`/g)].map((match) => match[1] as string));

const isDocumented = (name: string): boolean =>
  [...documented].some((each) => each === name || (each.endsWith('/*') && name.startsWith(each.slice(0, -1))));

test('every package has its reason in docs/dependencies.md', () => {
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(names.filter((name) => !isDocumented(name))).toEqual([]);
});

test('no reason is left of a package that is gone', () => {
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  const firstCells = read('docs/dependencies.md').matchAll(/^\| (`[^|]*) \|/gm);
  const reasons = [...firstCells].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
  const isInstalled = (reason: string): boolean =>
    names.some((name) => (reason.endsWith('/*') ? name.startsWith(reason.slice(0, -1)) : name === reason));
  expect(reasons.length).toBeGreaterThan(50);
  expect(reasons.filter((reason) => !isInstalled(reason))).toEqual([]);
});

test('every version is exact', () => {
  const ranges = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(([, version]) =>
    /[\^~*><]|latest/.test(version),
  );
  expect(ranges).toEqual([]);
});
