/** What little bytes can be made to cost: both verifiers stop where the signed leaves say that there should be no more. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePaths } from './format.ts';
import { forger, summaryOf, verifyInPython } from './testing/compare-verifiers.ts';
import { editIndex, forgeBundle, indexLinesOf } from './testing/forge-bundle.ts';
import { verifyBundle } from './verify-bundle.ts';

const source = path.join(import.meta.dirname, '../../fixtures/bundles/v3/nightly.wacz');
const older = path.join(import.meta.dirname, '../../fixtures/bundles/v2/nightly.wacz');
const pinnedKeys = [forger.text];
let file = '';
beforeAll(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'steno-limits-')), 'forged.wacz');
});
afterAll(() => rmSync(path.dirname(file), { recursive: true, force: true }));

type Members = Map<string, Buffer>;

/** Puts another gzip member in the place of the first or last answer, and lets the index follow. */
function replaceRecord(members: Members, which: 'first' | 'last', pack: (record: Buffer) => Buffer): void {
  const placed = indexLinesOf(members).flatMap((line) => {
    const [, record, offset] = /"record":"([a-z-]+)".*"offset":"(\d+)"/.exec(line) ?? [];
    return record === undefined ? [] : [{ record, offset: Number(offset) }];
  });
  const starts = [...new Set(placed.map(({ offset }) => offset))].sort((left, right) => left - right);
  const archive = members.get(bundlePaths.warc)!;
  const answers = placed.filter(({ record }) => record === 'response').map(({ offset }) => offset);
  const at = which === 'first' ? Math.min(...answers) : Math.max(...answers);
  const end = starts[starts.indexOf(at) + 1] ?? archive.length;
  const packed = pack(gunzipSync(archive.subarray(at, end)));
  members.set(bundlePaths.warc, Buffer.concat([archive.subarray(0, at), packed, archive.subarray(end)]));
  editIndex((lines) =>
    lines.map((line) =>
      line.replace(/"offset":"(\d+)","length":"(\d+)"/, (all, offset: string) => {
        if (Number(offset) === at) return `"offset":"${at}","length":"${packed.length}"`;
        return Number(offset) > at ? `"offset":"${Number(offset) + packed.length - (end - at)}"${all.slice(all.indexOf(','))}` : all;
      }),
    ),
  )(members);
}

/** A record whose block goes on, and says so. */
function longer(record: Buffer, bytes: number): Buffer {
  const text = record
    .toString('latin1')
    .replace(/Content-Length: (\d+)/, (_, length: string) => `Content-Length: ${Number(length) + bytes}`);
  return Buffer.concat([Buffer.from(text.slice(0, -4), 'latin1'), Buffer.alloc(bytes), Buffer.from('\r\n\r\n')]);
}

/** In an eighth of a mebibyte. */
const BOMB_BYTES = 128 * 1_048_576;

test.each([
  ['a bomb, honest about its length', (record: Buffer) => longer(record, BOMB_BYTES)],
  ['a bomb behind the record', (record: Buffer) => Buffer.concat([record, Buffer.alloc(BOMB_BYTES)])],
  ['a bomb in the header', (record: Buffer) => Buffer.concat([record.subarray(0, 20), Buffer.alloc(BOMB_BYTES, 'x'), record.subarray(20)])],
])(
  '%s is not unpacked: the leaves say how much there is',
  async (_, pack) => {
    for (const from of [source, older]) {
      await forgeBundle(from, file, forger, (members) => replaceRecord(members, 'first', (record) => gzipSync(pack(record))));
      const verification = await verifyBundle(file, { pinnedKeys });
      expect(verification.checks.find(({ name, status }) => name === 'archive' && status === 'failed')?.detail).toMatch(
        /more than|no header|malformed/,
      );
      const { peakKibibytes, summary } = measurePython();
      expect(summary).toBe(summaryOf(verification));
      expect(peakKibibytes).toBeLessThan(96 * 1_024);
    }
  },
  120_000,
);

test.each([
  ['a little longer', (record: Buffer) => longer(record, 40_000), 'bodies'],
  ['followed by a little more', (record: Buffer) => Buffer.concat([record, Buffer.from('\r\n\r\n')]), 'archive'],
  ['cut short', (record: Buffer) => record.subarray(0, -5), 'archive'],
  [
    'longer than it says',
    (record: Buffer) => Buffer.from(record.toString('latin1').replace(/Content-Length: \d+/, 'Content-Length: 400'), 'latin1'),
    'archive',
  ],
  [
    'shorter than it says',
    (record: Buffer) => Buffer.from(record.toString('latin1').replace(/Content-Length: \d+/, 'Content-Length: 99999999'), 'latin1'),
    'archive',
  ],
] as const)('a record that is %s is judged alike, read alone or among others', async (_, pack, check) => {
  for (const which of ['first', 'last'] as const) {
    await forgeBundle(source, file, forger, (members) => replaceRecord(members, which, (record) => gzipSync(pack(record))));
    const verification = await verifyBundle(file, { pinnedKeys });
    expect(verification.checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toContain(check);
    expect(summaryOf(verifyInPython([file], pinnedKeys).get(file)!)).toBe(summaryOf(verification));
  }
});

test('a file whose last bytes unpack to more than fits at once is read to its end', async () => {
  for (const bytes of [1_048_576 + 7, 1_048_576 + 140]) {
    await forgeBundle(source, file, forger, (members) => members.set('derived/exchanges.parquet', Buffer.alloc(bytes)));
    const [check] = verifyInPython([file], pinnedKeys)
      .get(file)!
      .checks.filter(({ name }) => name === 'manifest');
    expect(check).toMatchObject({ status: 'passed' });
  }
});

/** What verify.py says, and the most memory that it held (Linux tells of this process alone only in /proc). */
function measurePython(): { readonly peakKibibytes: number; readonly summary: string } {
  const program = [
    'import re, runpy, sys',
    'try: runpy.run_path(sys.argv.pop(1), run_name="__main__")',
    'finally: print(re.search("VmHWM:\\\\s*(\\\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)',
  ].join('\n');
  const script = path.join(import.meta.dirname, 'verify.py');
  const given = ['-c', program, script, '--json', '--key', forger.text, file];
  const run = spawnSync('python3', given, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return { peakKibibytes: Number(run.stderr.trim().split('\n').at(-1)), summary: summaryOf(JSON.parse(run.stdout)) };
}
