import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenWriterKey } from '../../fixtures/bundles/record-story.ts';
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { toSignerKey } from './ed25519-key.ts';
import { bundlePaths } from './format.ts';
import { leafHash, treeRoot } from './merkle-tree.ts';
import { editIndex, editLines, editText, forgeBundle, indexLinesOf } from './testing/forge-bundle.ts';
import { formatTlogProof } from './tlog-proof.ts';
import type { CheckName } from './verification.ts';
import { verifyBundle } from './verify-bundle.ts';

const source = path.join(import.meta.dirname, '../../fixtures/bundles/v3/nightly.wacz');
const mallory = toSignerKey('mallory.example', Buffer.alloc(32, 13));
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-forge-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { leaves, disclosures, salts, warc, index, indexBlocks, pages, sessionHead, proof, keys, custody } = bundlePaths;
type Change = (members: Map<string, Buffer>) => void;

/** Rewrites the archive's body of the first answer, keeping its length and its place. */
const swapRows: Change = (members) => {
  const archive = members.get(warc)!;
  const lines = indexLinesOf(members);
  const places = lines.map((line) => JSON.parse(line.slice(line.indexOf(' {'))) as { record: string; offset: string; length: string });
  const parts = [...places].sort((left, right) => Number(left.offset) - Number(right.offset));
  const target = parts.find((part) => part.record === 'response')!;
  const start = Number(target.offset);
  const record = gunzipSync(archive.subarray(start, start + Number(target.length)))
    .toString('latin1')
    .replace('EMEA', 'APAC');
  const changed = gzipSync(Buffer.from(record, 'latin1'));
  const shift = changed.length - Number(target.length);
  members.set(warc, Buffer.concat([archive.subarray(0, start), changed, archive.subarray(start + Number(target.length))]));
  const moved = lines.map((line) => {
    const at = line.indexOf(' {') + 1;
    const entry = JSON.parse(line.slice(at));
    if (Number(entry.offset) === start) entry.length = String(changed.length);
    if (Number(entry.offset) > start) entry.offset = String(Number(entry.offset) + shift);
    return line.slice(0, at) + JSON.stringify(entry);
  });
  editIndex(() => moved.sort())(members);
};

const forgeries: [string, Change, CheckName][] = [
  ['the last exchange cut off', editLines(leaves, (lines) => lines.slice(0, -3)), 'session-tree'],
  ['one leaf taken out', editLines(leaves, (lines) => lines.toSpliced(4, 1)), 'chain'],
  ['two leaves swapped', editLines(leaves, (lines) => lines.with(3, lines[4]!).with(4, lines[3]!)), 'chain'],
  ['a leaf repeated', editLines(leaves, (lines) => [...lines, lines.at(-1)!]), 'chain'],
  ['a denial made an approval', editText(leaves, '"effect":"deny"', '"effect":"allow"'), 'session-tree'],
  ['a field added to a leaf', editText(leaves, '{"at":', '{"aaa":1,"at":'), 'leaves'],
  ['a leaf written with spaces', editText(leaves, '{"at":', '{ "at":'), 'leaves'],
  ['a key repeated in a leaf', editText(leaves, '"kind":"session-open"', '"kind":"session-open","kind":"session-open"'), 'leaves'],
  ['the SQL replaced', editText(disclosures, 'FROM sales.customers', 'FROM sales.products_'), 'disclosures'],
  ['the SQL dropped', editLines(disclosures, (lines) => lines.filter((line) => !line.includes('sales.customers'))), 'disclosures'],
  ['a disclosure invented', editLines(disclosures, (lines) => [...lines, `["${'0'.repeat(32)}","sql","SELECT 1"]`]), 'disclosures'],
  ['who asked replaced', editText(disclosures, 'reports@acme.example', 'mallory@evil.example'), 'disclosures'],
  ['the rows of an answer replaced', swapRows, 'bodies'],
  ['an index that points elsewhere', editIndex((lines) => lines.with(-1, lines.at(-1)!.replace(/"offset":"\d/, '"offset":"9'))), 'archive'],
  ['an index without one record', editIndex((lines) => lines.slice(0, -1)), 'archive'],
  ['an index that does not know an address', editIndex((lines) => lines.slice(1)), 'archive'],
  [
    'an index that gives an answer another address',
    editIndex((lines) => lines.with(0, lines[0]!.replace('/queries', '/queriez'))),
    'archive',
  ],
  ['an index that gives an answer another type', editIndex((lines) => lines.with(0, lines[0]!.replace('json', 'html'))), 'archive'],
  ['an index out of order', editIndex((lines) => lines.toReversed()), 'archive'],
  ['an index of more', editIndex((lines) => ['com,evil)/ 20260101000000000 {"url":"https://evil.com/"}', ...lines]), 'archive'],
  ['an index under another list', editText(indexBlocks, 'index.cdx.gz', 'index.cdx.gy'), 'archive'],
  ['a list that begins a block elsewhere', editLines(indexBlocks, (lines) => [lines[0]!, `aa${lines[1]!.slice(2)}`]), 'archive'],
  ['a list without its block', editLines(indexBlocks, (lines) => lines.slice(0, 1)), 'archive'],
  ['two blocks where one is named', (members) => members.set(index, Buffer.concat([members.get(index)!, gzipSync('more\n')])), 'archive'],
  ['an index that is no gzip', (members) => members.set(index, Buffer.from('plain')), 'archive'],
  ['a salt of a body replaced', editText(salts, /"salts":\["[0-9a-f]{32}/, `"salts":["${'0'.repeat(32)}`), 'bodies'],
  ['the salts of an exchange dropped', editLines(salts, (lines) => lines.slice(1)), 'bodies'],
  ['the salts of columns dropped', editLines(salts, (lines) => lines.filter((line) => !line.startsWith('{"columns"'))), 'archive'],
  [
    'salts of no exchange',
    editLines(salts, (lines) => [...lines, `{"bodies":[{"salts":["${'0'.repeat(32)}"],"side":"request"}],"exchange":99}`]),
    'archive',
  ],
  ['salts in another order', editLines(salts, (lines) => lines.toReversed()), 'archive'],
  ['salts written with spaces', editText(salts, '{"bodies"', '{ "bodies"'), 'archive'],
  ['a page that leads elsewhere', editText(pages, 'https://', 'http://'), 'archive'],
  ['a query without its page', editLines(pages, (lines) => lines.slice(0, -1)), 'archive'],
  ['bytes after the archive', (members) => members.set(warc, Buffer.concat([members.get(warc)!, gzipSync('more')])), 'archive'],
  ['the head of another session', editText(sessionHead, '"name":"nightly', '"name":"morning'), 'writer-log'],
  ['a proof for another place', editText(proof, 'index 1', 'index 0'), 'writer-log'],
  ['a custody log that forgets', editLines(custody, () => []), 'custody'],
  ['no proof', (members) => members.delete(proof), 'writer-log'],
  ['no leaves', (members) => members.delete(leaves), 'leaves'],
  ['no archive', (members) => members.delete(warc), 'archive'],
  ['no salts', (members) => members.delete(salts), 'manifest'],
  ['no list of the index', (members) => members.delete(indexBlocks), 'archive'],
];

test.each(forgeries)('%s is found, though manifest and statement fit', async (name, change, check) => {
  const file = path.join(folder, `${name.replace(/\W/g, '-')}.wacz`);
  await forgeBundle(source, file, mallory, change);
  const { verdict, checks } = await verifyBundle(file, { pinnedKeys: [goldenWriterKey.text, mallory.text] });
  expect(verdict).toBe('not-sound');
  expect(checks.filter((one) => one.status === 'failed' || one.status === 'missing').map((one) => one.name)).toContain(check);
});

test('a forger who signs everything anew is a stranger, never green for who pinned the gateway', async () => {
  const file = path.join(folder, 'resigned.wacz');
  await forgeBundle(source, file, mallory, (members) => {
    const lines = members.get(leaves)!.toString('utf8').replace('"effect":"deny"', '"effect":"allow"').split('\n').slice(0, -1);
    let prev = '0'.repeat(64);
    const rechained = lines.map((line) => {
      const leaf = line.replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${prev}"`).replaceAll(goldenWriterKey.name, mallory.name);
      prev = leafHash(leaf);
      return leaf;
    });
    members.set(leaves, Buffer.from(rechained.map((line) => `${line}\n`).join('')));
    const head = JSON.parse(members.get(sessionHead)!.toString('utf8').replaceAll(goldenWriterKey.name, mallory.name));
    const newHead = JSON.stringify({ ...head, index: 0, root: treeRoot(rechained.map((line) => leafHash(line))) });
    members.set(sessionHead, Buffer.from(newHead));
    const checkpoint = signCheckpoint({ origin: mallory.name, size: 1, root: leafHash(newHead) }, mallory);
    members.set(proof, Buffer.from(formatTlogProof(0, [], checkpoint)));
    members.set(keys, Buffer.from(`${mallory.text}\n${goldenWriterKey.text}\n`));
  });
  const stranger = await verifyBundle(file, { pinnedKeys: [goldenWriterKey.text] });
  expect(stranger.checks.filter((one) => one.status === 'failed')).toEqual([]);
  expect(stranger.verdict).toBe('sound-unknown-key');
  expect(stranger.signers.map(({ name, isPinned }) => [name, isPinned])).toEqual([
    ['mallory.example', false],
    ['mallory.example', false],
  ]);
});

test("the gateway's name on another key is not the gateway", async () => {
  const file = path.join(folder, 'namesake.wacz');
  const namesake = toSignerKey(goldenWriterKey.name, Buffer.alloc(32, 14));
  await forgeBundle(source, file, mallory, (members) => {
    const [head, rest] = members.get(proof)!.toString('utf8').split('\n\n', 2) as [string, string];
    const { checkpoint } = parseCheckpoint(
      members
        .get(proof)!
        .toString('utf8')
        .slice(head.length + 2),
    )!;
    members.set(proof, Buffer.from(`${head}\n\n${signCheckpoint(checkpoint, namesake)}`));
    members.set(keys, Buffer.from(`${namesake.text}\n`));
    expect(rest).toContain(checkpoint.origin);
  });
  expect((await verifyBundle(file, { pinnedKeys: [goldenWriterKey.text] })).verdict).toBe('sound-unknown-key');
});

test('a declared redaction keeps the proof, and is as good as whoever declares it', async () => {
  const file = path.join(folder, 'redacted.wacz');
  const redact: Change = (members) => {
    const taken = members
      .get(disclosures)!
      .toString('utf8')
      .split('\n')
      .find((line) => line.includes('sales.customers'))!;
    editLines(disclosures, (lines) => lines.filter((line) => line !== taken))(members);
    editLines(custody, (lines) => {
      const prev = createHash('sha256').update(lines.at(-1)!).digest('hex');
      const redacted = [createHash('sha256').update(taken).digest('hex')];
      const entry = { action: 'redacted', at: '2026-02-03T00:00:00.000Z', by: 'mallory', prev, redacted, seq: lines.length, tool: 'steno' };
      return [...lines, JSON.stringify(entry)];
    })(members);
  };
  await forgeBundle(source, file, mallory, redact);
  const unknown = await verifyBundle(file, { pinnedKeys: [goldenWriterKey.text] });
  expect(unknown.verdict).toBe('sound-unknown-key');
  const known = await verifyBundle(file, { pinnedKeys: [goldenWriterKey.text, mallory.text] });
  expect(known.verdict).toBe('sound');
  expect(known.checks.find((one) => one.name === 'disclosures')?.detail).toContain('1 redacted');
});
