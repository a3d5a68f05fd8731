/** A time-stamp of which nobody knows the authority: not trusted, but neither waved through whatever it is. */
import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePaths, optionalPaths } from '../format.ts';
import { forger, summaryOf, verifyInPython } from '../testing/compare-verifiers.ts';
import { createRandom } from '../testing/create-random.ts';
import { forgeBundle } from '../testing/forge-bundle.ts';
import { readMembers } from '../testing/mutate-bundle.ts';
import { parseTlogProof } from '../tlog-proof.ts';
import { verifyBundle } from '../verify-bundle.ts';
import { stampedBytes } from './check-attestations.ts';
import { der, tags } from './der.ts';
import { isStampOf } from './timestamp-imprint.ts';

const source = path.join(import.meta.dirname, '../../../fixtures/bundles/v3/nightly.wacz');
const proof = parseTlogProof(readMembers(readFileSync(source)).get(bundlePaths.proof)!.toString('utf8'))!;
const checkpoint = stampedBytes(proof.note, proof.checkpoint.origin);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-stamp-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const oid = (hex: string): Buffer => der(tags.oid, Buffer.from(hex, 'hex'));
const number = (value: number): Buffer => der(tags.integer, Buffer.of(value));
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(tags.sequence, ...parts);

type Stamp = { readonly status?: number; readonly name?: string; readonly algorithm?: string; readonly kind?: string };

/** As an authority would answer (RFC 3161 §2.4.2), without signers and certificates. */
function aStamp(
  data: Uint8Array,
  { status = 0, name = 'sha256', algorithm = '608648016503040201', kind = '2a864886f70d0109100104' }: Stamp = {},
): Buffer {
  const imprint = sequence(sequence(oid(algorithm), der(tags.nothing)), der(tags.octets, hash(name, data, 'buffer')));
  const info = sequence(number(1), oid('2a0304'), imprint, number(7), der(0x18, Buffer.from('20260301000000Z')));
  const content = sequence(oid(kind), der(tags.context0, der(tags.octets, info)));
  const signed = sequence(number(3), der(tags.set), content, der(tags.set));
  return sequence(sequence(number(status)), sequence(oid('2a864886f70d010702'), der(tags.context0, signed)));
}

const whole = aStamp(checkpoint);
const stamps: [string, Buffer, 'skipped' | 'failed'][] = [
  ['of this checkpoint', whole, 'skipped'],
  ['of this checkpoint by SHA-512', aStamp(checkpoint, { name: 'sha512', algorithm: '608648016503040203' }), 'skipped'],
  ['granted with changes', aStamp(checkpoint, { status: 1 }), 'skipped'],
  ['of something else', aStamp(Buffer.from('something else')), 'failed'],
  ['by a hash of another name', aStamp(checkpoint, { algorithm: '608648016503040202' }), 'failed'],
  ['by SHA-1', aStamp(checkpoint, { name: 'sha1', algorithm: '2b0e03021a' }), 'failed'],
  ['that was refused', aStamp(checkpoint, { status: 2 }), 'failed'],
  ['that is none', aStamp(checkpoint, { kind: '2a864886f70d0109100105' }), 'failed'],
  ['cut short', whole.subarray(0, -1), 'failed'],
  ['with a byte behind it', Buffer.concat([whole, Buffer.of(0)]), 'failed'],
  ['of text', Buffer.from('time-stamped yesterday'), 'failed'],
  ['of nothing', Buffer.alloc(0), 'failed'],
];

test('time-stamps of every kind are judged alike', async () => {
  const files = new Map<string, (typeof stamps)[number]>();
  for (const [index, stamp] of stamps.entries()) {
    const file = path.join(folder, `${index}.wacz`);
    await forgeBundle(source, file, forger, (members) => members.set(optionalPaths.timestamp, stamp[1]));
    files.set(file, stamp);
  }
  const python = verifyInPython([...files.keys()], [forger.text]);
  for (const [file, [name, , status]] of files) {
    const verification = await verifyBundle(file, { pinnedKeys: [forger.text] });
    const check = verification.checks.find((one) => one.name === 'timestamp');
    expect(check?.status, name).toBe(status);
    expect(summaryOf(python.get(file)!), name).toBe(summaryOf(verification));
    expect(verification.verdict, name).toBe(status === 'failed' ? 'not-sound' : 'sound-unknown-key');
  }
});

test('no damage makes the reader stumble, and only some goes unseen: nobody signed it', () => {
  const random = createRandom(1);
  for (let run = 0; run < 2_000; run += 1) {
    const bytes = Buffer.from(whole);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = Math.floor(random() * 256);
    expect(typeof isStampOf(bytes, checkpoint)).toBe('boolean');
  }
  expect(isStampOf(whole, checkpoint.subarray(1))).toBe(false);
});
