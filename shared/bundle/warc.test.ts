import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { WARCParser } from 'warcio';
import { bundlePaths } from './format.ts';
import { openBundle } from './open-bundle.ts';
import { createRandom } from './testing/create-random.ts';
import { readMembers } from './testing/mutate-bundle.ts';
import { writeWarcRecord } from './warc-writer.ts';

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

/** At best speed they pack to a fifth. */
function manyRows(): Buffer {
  const random = createRandom(3);
  const words = Array.from({ length: 200 }, () => Math.floor(random() * 36 ** 6).toString(36));
  const word = () => words[Math.floor(random() * words.length)];
  return Buffer.from(Array.from({ length: 60_000 }, () => `{"f":[{"v":"${word()} ${word()}"},{"v":"${word()}"}]}`).join());
}

test.each([
  ['rows', manyRows, 0.17],
  ['what does not pack', () => randomBytes(2_500_000), 1.001],
])('a large body of %s is read back as it was, in no more room than it needs', async (_, make, most) => {
  const body = make();
  const written: Buffer[] = [];
  const sink = { position: 0, write: async (bytes: Uint8Array) => void written.push(Buffer.from(bytes)) };
  async function* read() {
    for (let at = 0; at < body.length; at += 65_000) yield body.subarray(at, at + 65_000);
  }
  const absent = { targetUri: undefined, concurrentTo: undefined, side: undefined };
  const header = { type: 'resource', id: 'urn:uuid:x', at: '2026-03-01T00:00:00.000Z', contentType: 'x', ...absent } as const;
  await writeWarcRecord(sink, { header, head: Buffer.alloc(0), body: { length: body.length, read } });
  const packed = Buffer.concat(written);
  const record = gunzipSync(packed);
  expect(record.subarray(-4 - body.length, -4).equals(body)).toBe(true);
  expect(packed.length / body.length).toBeLessThan(most);
});
