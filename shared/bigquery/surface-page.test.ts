import { expect, test } from 'vitest';
import { surface } from './surface.ts';
import { toSurfacePage } from './surface-page.ts';

test('docs/surface.md is what the table says now', async () => {
  await expect(toSurfacePage()).toMatchFileSnapshot('../../docs/surface.md');
});

test('every method has its row, and those not offered their reason', () => {
  const page = toSurfacePage();
  for (const { httpMethod, path, notOffered } of surface) {
    const row = page.split('\n').find((line) => line.includes(`\`${httpMethod} ${path}\``));
    expect(row, path).toBeDefined();
    expect(row!.includes('not offered'), path).toBe(notOffered !== undefined);
  }
});
