import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenWriterKey } from '../../fixtures/bundles/record-story.ts';
import { signEnvelope } from './dsse.ts';
import { toSignerKey, toVerifierKey } from './ed25519-key.ts';
import { bundlePaths, optionalPaths, PREDICATE_TYPE, STATEMENT_TYPE } from './format.ts';
import { unpackMember } from './gzip-member.ts';
import { parseStatement } from './open-bundle.ts';
import { summaryOf, verifyInPython } from './testing/compare-verifiers.ts';
import { editIndex, editText, forgeBundle, indexLinesOf, packIndex } from './testing/forge-bundle.ts';
import { wideEnd, wideZip, withSlack } from './testing/odd-zip.ts';
import { verifyBundle } from './verify-bundle.ts';

const source = path.join(import.meta.dirname, '../../fixtures/bundles/v3/nightly.wacz');
const mallory = toSignerKey('mallory.example', Buffer.alloc(32, 13));
const pinned = [goldenWriterKey.text];
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-hidden-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Change = (members: Map<string, Buffer>) => void;
type Pack = (record: Buffer) => Buffer;
const { warc, salts, keys, indexBlocks, index } = bundlePaths;

/** Packs a record of the archive anew, and lets the index follow. `largest`: the one that is unpacked piece by piece. */
const repack =
  (which: 'largest' | 'first', pack: Pack): Change =>
  (members) => {
    const archive = members.get(warc)!;
    const offsets = [...new Set(indexLinesOf(members).map((line) => Number(/"offset":"(\d+)"/.exec(line)![1])))].sort((a, b) => a - b);
    const starts = [0, ...offsets];
    const parts = starts.map((start, at) => archive.subarray(start, starts[at + 1] ?? archive.length));
    const target = which === 'first' ? 1 : parts.indexOf(parts.toSorted((left, right) => right.length - left.length)[0]!);
    const packed = parts.with(target, pack(gunzipSync(parts[target]!)));
    members.set(warc, Buffer.concat(packed));
    const moved = (from: number) => packed.slice(0, starts.indexOf(from)).reduce((sum, part) => sum + part.length, 0);
    editIndex((lines) =>
      lines.map((line) =>
        line.replace(/"offset":"(\d+)","length":"\d+"/, (_, offset: string) => {
          const at = Number(offset);
          return `"offset":"${moved(at)}","length":"${packed[starts.indexOf(at)]!.length}"`;
        }),
      ),
    )(members);
  };

const empty = gzipSync('');
const trailer = (packed: Buffer): Buffer => packed.subarray(-8);
const hiding: [string, Pack][] = [
  ['an empty member before it', (record) => Buffer.concat([empty, gzipSync(record)])],
  ['zeros behind it, and its trailer again', (record) => Buffer.concat([gzipSync(record), Buffer.alloc(64), trailer(gzipSync(record))])],
  [
    'text behind it, and its trailer again',
    (record) => Buffer.concat([gzipSync(record), Buffer.from('hidden'), trailer(gzipSync(record))]),
  ],
];

const archived = hiding.flatMap(([name, pack]): [string, Change][] => [
  [`the first record, with ${name}`, repack('first', pack)],
  [`the largest record, with ${name}`, repack('largest', pack)],
]);

/** The index, packed by `pack`; the list names the block. */
const packedIndex =
  (pack: Pack): Change =>
  (members) => {
    const text = gunzipSync(members.get(index)!);
    packIndex(members, text);
    const honest = members.get(index)!;
    const packed = pack(text);
    members.set(index, packed);
    const list = members.get(indexBlocks)!.toString('utf8');
    members.set(
      indexBlocks,
      Buffer.from(list.replace(toDigest(honest), toDigest(packed)).replace(`:${honest.length},`, `:${packed.length},`)),
    );
  };

const forgeries: [string, Change][] = [
  ...archived,
  ...hiding.map(([name, pack]): [string, Change] => [`the index, with ${name}`, packedIndex(pack)]),
  [
    'a record whose length has five thousand digits',
    repack('first', (record) => gzipSync(record.toString('latin1').replace(/Length: \d+/, `Length: ${'9'.repeat(5_000)}`))),
  ],
  ['a number of salts written as a fraction', editText(salts, '"exchange":1}', '"exchange":1.0}')],
  ['another archive, which replay tools would show', (members) => members.set('archive/exchanges-0002.warc.gz', members.get(warc)!)],
  ['more pages', (members) => members.set('pages/extraPages.jsonl', members.get(bundlePaths.pages)!)],
  ['a statement of an older version', (members) => members.set('evidence/statement.json', Buffer.from('{}\n'))],
  ['keys that nobody could read', (members) => members.set(keys, Buffer.alloc(2_000_000, 'no key\n'))],
  ['more keys than anybody reads', (members) => members.set(keys, Buffer.alloc(17_000_000, `${mallory.text}\n`))],
  ['proofs of consistency without any', (members) => members.set(optionalPaths.consistency, Buffer.alloc(0))],
  ['changes of keys larger than anybody reads', (members) => members.set(optionalPaths.keyRotations, Buffer.alloc(17_000_000, '{}\n'))],
  ...['\u0085', '\ufeff', '\u001c', '\u007f'].map((space): [string, Change] => [
    `a key whose name holds ${space.codePointAt(0)!.toString(16)}`,
    (members) =>
      members.set(keys, Buffer.concat([members.get(keys)!, Buffer.from(`${toVerifierKey(`a${space}b`, mallory.publicKey).text}\n`)])),
  ]),
  ['a key in another encoding', (members) => members.set(keys, Buffer.from(`${toVerifierKey('odd', ODD_POINT).text}\n`))],
];

/** The neutral element with the sign of x set: RFC 8032 §5.1.3 refuses it, OpenSSL takes it. */
const ODD_POINT = Buffer.concat([Buffer.of(1), Buffer.alloc(30), Buffer.of(0x80)]);

test('a forgery that nobody can tell is found by both verifiers, in the same checks', { timeout: 120_000 }, async () => {
  const files = await Promise.all(
    forgeries.map(async ([name, change], at) => {
      const file = path.join(folder, `${at}.wacz`);
      await forgeBundle(source, file, mallory, change);
      return { name, file };
    }),
  );
  const python = verifyInPython(
    files.map(({ file }) => file),
    pinned,
  );
  for (const { name, file } of files) {
    const verification = await verifyBundle(file, { pinnedKeys: pinned, inThreads: false });
    expect.soft(verification.verdict, name).toBe('not-sound');
    expect.soft(summaryOf(verification), name).toBe(summaryOf(python.get(file)!));
  }
});

test('bytes behind the end of a packed file of the ZIP are found, though nothing that is hashed changed', async () => {
  const file = path.join(folder, 'slack.wacz');
  writeFileSync(file, withSlack(readFileSync(source), Buffer.from('hidden')));
  const verification = await verifyBundle(file, { pinnedKeys: pinned });
  expect(verification.checks.filter(({ status }) => status === 'failed').map(({ detail }) => detail)).toContainEqual(
    expect.stringContaining('bytes behind its end'),
  );
  expect(summaryOf(verification)).toBe(summaryOf(verifyInPython([file], pinned).get(file)!));
});

test('a ZIP64 that claims sizes no file has is refused, not stumbled over', async () => {
  const files = [2n ** 64n - 1n, 2n ** 63n, 2n ** 53n, 2n ** 52n].map((size, at) => {
    const file = path.join(folder, `wide-${at}.wacz`);
    writeFileSync(file, wideZip(size));
    return file;
  });
  const ends = [2n ** 64n - 1n, 2n ** 53n].map((count, at) => {
    const file = path.join(folder, `end-${at}.wacz`);
    writeFileSync(file, wideEnd(count));
    return file;
  });
  const python = verifyInPython([...files, ...ends], pinned);
  for (const file of [...files, ...ends]) {
    const verification = await verifyBundle(file, { pinnedKeys: pinned });
    expect(summaryOf(verification)).toBe(summaryOf(python.get(file)!));
    expect(verification.checks[0]).toMatchObject({ name: 'container', status: 'failed' });
  }
});

test('one statement has one text: bits left over in its base64 are refused', () => {
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: bundlePaths.manifest, digest: { sha256: '0'.repeat(64) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      formatVersion: 3,
      sessionId: crypto.randomUUID(),
      exportedAt: '2026-03-01T00:00:00.000Z',
      exportedBy: 'ann',
      software: '',
    },
  };
  for (const software of ['a', 'ab', 'abc']) {
    const payload = Buffer.from(JSON.stringify({ ...statement, predicate: { ...statement.predicate, software } }));
    const envelope = signEnvelope(payload, mallory);
    expect(parseStatement(envelope)?.statement.predicate.software).toBe(software);
    const odd = envelope.payload.replace(/[A-Za-z0-9](?==+$)/, (digit) => String.fromCharCode(digit.charCodeAt(0) + 1));
    if (odd !== envelope.payload) expect(parseStatement({ ...envelope, payload: odd })).toBeUndefined();
  }
});

test('exactly one gzip member is unpacked', () => {
  const one = gzipSync('content');
  expect(unpackMember(one, 100).toString()).toBe('content');
  expect(() => unpackMember(one, 3)).toThrow(RangeError);
  for (const [, pack] of hiding) expect(() => unpackMember(pack(Buffer.from('content')), 100)).toThrow();
  for (const odd of [Buffer.alloc(0), Buffer.alloc(40), one.subarray(0, -1), Buffer.concat([one, one])])
    expect(() => unpackMember(odd, 100)).toThrow();
});

function toDigest(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
