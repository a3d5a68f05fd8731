import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseCheckpoint } from './checkpoint.ts';
import { checkCosignature, cosign } from './cosignature.ts';
import { parseVerifierKey, parseWitnessKey, signatureTypes, toSignerKey } from './ed25519-key.ts';
import { EMPTY_ROOT, isConsistent, rootFromInclusion } from './merkle-tree.ts';
import { checkNote, parseNote } from './signed-note.ts';
import { parseTlogProof } from './tlog-proof.ts';

type Vector = { readonly name: string; readonly proof: readonly string[]; readonly wantErr: boolean };
type Inclusion = Vector & { readonly leafIdx: number; readonly treeSize: number; readonly root: string | null; readonly leafHash: string };
type Consistency = Vector & {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string | null;
  readonly root2: string | null;
};

const hex = (base64: string | null): string => Buffer.from(base64 ?? '', 'base64').toString('hex');
const read = <One extends Vector>(name: string): One[] =>
  readFileSync(path.join(import.meta.dirname, `testing/vectors/${name}.ndjson`), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test.each(read<Inclusion>('inclusion'))('inclusion $name', ({ leafIdx, treeSize, root, leafHash, proof, wantErr }) => {
  const found = rootFromInclusion(hex(leafHash), leafIdx, treeSize, proof.map(hex));
  expect(found === hex(root)).toBe(!wantErr);
});

test.each(read<Consistency>('consistency'))('consistency $name', ({ size1, size2, root1, root2, proof, wantErr }) => {
  const found = isConsistent({ size: size1, root: hex(root1) }, { size: size2, root: hex(root2) }, proof.map(hex));
  expect(found).toBe(!wantErr);
});

test("the specification's note verifies under its key, and under no other text", () => {
  const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')!;
  const note =
    'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
  expect(checkNote(parseNote(note)!, key)).toBe('valid');
  expect(checkNote(parseNote(note.replace('an example', 'no example'))!, key)).toBe('invalid');
  // A signature of an unknown key is passed over, a broken one of the known key is not.
  const stranger = '\u2014 example.com/bar AAAAAAAAAAAAAAAAAAAAAA==\n';
  expect(checkNote(parseNote(note + stranger)!, key)).toBe('valid');
  expect(checkNote(parseNote(note + note.split('\n\n')[1]!.replace('Uw2QOkn8', 'Uw2QOkn9'))!, key)).toBe('invalid');
});

const checkpoint = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;
const witnessed = `${checkpoint}\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n`;

test("the specification's checkpoint reads, with its witness's signature and the time in it", () => {
  const { checkpoint: read, note, extensions } = parseCheckpoint(witnessed)!;
  expect(read).toEqual({
    origin: 'example.com/behind-the-sofa',
    size: 20_852_163,
    root: '0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62',
  });
  expect(extensions).toEqual([]);
  expect(note.signatures.map(({ name }) => name)).toEqual(['example.com/behind-the-sofa', 'witness.example.com/w1']);
  expect(note.signatures[1]!.signature.readBigUInt64BE(0)).toBe(1_679_315_147n);
});

test.each([
  ['an empty origin', checkpoint.replace('example.com/behind-the-sofa\n', '\n')],
  ['a size with a zero before it', checkpoint.replace('20852163', '020852163')],
  ['a negative size', checkpoint.replace('20852163', '-1')],
  ['a root of 31 bytes', checkpoint.replace('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', Buffer.alloc(31).toString('base64'))],
  ['a root in another alphabet', checkpoint.replace('Uqom/Xajj', 'Uqom_Xajj')],
  ['an empty extension line', checkpoint.replace('q2I=\n', 'q2I=\n\nmore\n')],
  ['no signature', checkpoint.split('\u2014')[0]!],
  ['a carriage return', checkpoint.replace('sofa\n2', 'sofa\r\n2')],
])('a checkpoint with %s is none', (_, text) => {
  expect(parseCheckpoint(text)).toBeUndefined();
});

test('an extension line is kept, for who signs it to answer for', () => {
  expect(parseCheckpoint(checkpoint.replace('q2I=\n', 'q2I=\nmore\n'))?.extensions).toEqual(['more']);
});

const hashes = ['gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=', 'B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA='];
const proof = `c2sp.org/tlog-proof@v1\nindex 73894\n${hashes.join('\n')}\n\n${witnessed}`;

test("a proof as the specification draws it reads, with and without 'extra'", () => {
  expect(parseTlogProof(proof)).toMatchObject({ index: 73_894, path: hashes.map(hex), extra: undefined, checkpoint: { size: 20_852_163 } });
  const withExtra = proof.replace('index', `extra ${Buffer.from('age-v1.2.1').toString('base64')}\nindex`);
  expect(parseTlogProof(withExtra)?.extra?.toString()).toBe('age-v1.2.1');
});

test.each([
  ['another version', proof.replace('@v1', '@v2')],
  ['an index with a zero before it', proof.replace('index 73894', 'index 073894')],
  ['the index in hexadecimal', proof.replace('index 73894', 'index 0x12')],
  ['a hash of 31 bytes', proof.replace(hashes[0]!, Buffer.alloc(31).toString('base64'))],
  ['extra that is no base64', proof.replace('index', 'extra ???\nindex')],
  ['extra after the index', proof.replace(hashes[0]!, `extra AAAA\n${hashes[0]}`)],
  ['no checkpoint', proof.split('\n\n')[0]!],
  ['64 kinds of hash', proof.replace(`${hashes[0]}\n`, `${hashes[0]}\n`.repeat(65))],
])('a proof with %s is none', (_, text) => {
  expect(parseTlogProof(text)).toBeUndefined();
});

test('a cosignature covers the text and the time, by a key whose id says what it is for', () => {
  const seed = Buffer.alloc(32, 3);
  const witness = toSignerKey('witness.example/w1', seed, signatureTypes.cosignature);
  expect(witness.keyId).not.toBe(toSignerKey('witness.example/w1', seed).keyId);
  expect(parseVerifierKey(witness.text)).toBeUndefined();
  expect(parseWitnessKey(witness.text)?.keyId).toBe(witness.keyId);
  const { text } = parseNote(checkpoint)!;
  const line = cosign(text, witness, new Date('2023-03-20T12:25:47.900Z'));
  const judge = (note: string) => checkCosignature(parseNote(note)!, witness);
  expect(judge(checkpoint + line)).toEqual({ witness: witness.name, at: new Date('2023-03-20T12:25:47.000Z') });
  expect(judge(checkpoint)).toBe('absent');
  expect(judge((checkpoint + line).replace('20852163', '20852164'))).toBe('invalid');
  const bytes = Buffer.from(line.split(' ')[2]!, 'base64');
  bytes[11] = bytes[11]! ^ 1;
  expect(judge(`${checkpoint}\u2014 ${witness.name} ${bytes.toString('base64')}\n`)).toBe('invalid');
  // A note signature of the same key says nothing about what a witness saw.
  expect(judge(`${checkpoint}\u2014 ${witness.name} ${bytes.subarray(0, 68).toString('base64')}\n`)).toBe('invalid');
});

test('nothing is proved from nothing', () => {
  expect(isConsistent({ size: 0, root: EMPTY_ROOT }, { size: 0, root: EMPTY_ROOT }, [])).toBe(true);
  expect(isConsistent({ size: 0, root: EMPTY_ROOT }, { size: 3, root: hex(hashes[0]!) }, [])).toBe(false);
});
