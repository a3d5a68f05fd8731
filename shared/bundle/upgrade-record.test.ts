import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FORMAT_VERSION } from './format.ts';
import { openBundle } from './open-bundle.ts';
import { upgradeRecord } from './upgrade-record.ts';

const bundles = path.join(import.meta.dirname, '../../fixtures/bundles');

test('records go through every version in turn, and only through those', () => {
  const known = { 1: (record: unknown) => `${record} 1→2`, 2: (record: unknown) => `${record} 2→3` };
  expect(upgradeRecord('as written', 1, 3, known)).toBe('as written 1→2 2→3');
  expect(upgradeRecord('as written', 2, 3, known)).toBe('as written 2→3');
  expect(upgradeRecord('as written', 3, 3, known)).toBe('as written');
  expect(() => upgradeRecord('as written', 1, 4, known)).toThrow('format 3');
});

test('every version up to today has golden bundles, and all of them open', async () => {
  for (let version = 1; version <= FORMAT_VERSION; version += 1) {
    const folder = path.join(bundles, `v${version}`);
    const files = readdirSync(folder).filter((name) => name.endsWith('.wacz'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const bundle = await openBundle(path.join(folder, file));
      expect(bundle.manifest.steno.formatVersion).toBe(version);
      for await (const exchange of bundle.exchanges()) await bundle.body(exchange.exchangeId, 'response');
      await bundle.close();
    }
  }
});
