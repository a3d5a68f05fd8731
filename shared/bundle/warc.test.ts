import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { WARCParser } from 'warcio';
import { bundlePaths } from './format.ts';
import { openBundle } from './open-bundle.ts';
import { readMembers } from './testing/mutate-bundle.ts';

const nightly = path.join(import.meta.dirname, '../../fixtures/bundles/v3/nightly.wacz');

test("another project's WARC reader reads our archive, record by record", async () => {
  const archive = readMembers(readFileSync(nightly)).get(bundlePaths.warc)!;
  const types: Record<string, number> = {};
  const responses: { readonly status: number; readonly bytes: number }[] = [];
  for await (const record of new WARCParser(new Blob([new Uint8Array(archive)]).stream())) {
    const type = record.warcType ?? '';
    types[type] = (types[type] ?? 0) + 1;
    const payload = await record.readFully(true);
    if (type === 'response') responses.push({ status: Number(record.httpHeaders?.statusCode), bytes: payload.length });
  }
  expect(types).toEqual({ warcinfo: 1, request: 14, response: 7 });

  const bundle = await openBundle(nightly);
  const ours: typeof responses = [];
  for await (const { exchangeId, response } of bundle.exchanges()) {
    const body = await bundle.body(exchangeId, 'response');
    if (response !== undefined) ours.push({ status: response.status, bytes: body?.length ?? 0 });
  }
  await bundle.close();
  expect(responses).toEqual(ours);
});

test('unzip and zcat, found everywhere, read it too', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'steno-unzip-'));
  expect(spawnSync('unzip', ['-tqq', nightly]).status).toBe(0);
  const archive = spawnSync('unzip', ['-p', nightly, bundlePaths.warc], { maxBuffer: 1 << 28 }).stdout;
  writeFileSync(path.join(folder, 'a.warc.gz'), archive);
  const text = spawnSync('zcat', [path.join(folder, 'a.warc.gz')], { maxBuffer: 1 << 28 }).stdout.toString('latin1');
  expect(text.split('WARC/1.1\r\n')).toHaveLength(23);
  rmSync(folder, { recursive: true });
});
