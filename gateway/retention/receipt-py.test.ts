import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { formatReceipt, type Receipt, saltedDigest } from '../../shared/bundle/receipt.ts';
import { summaryOf, verifyInPython } from '../../shared/bundle/testing/compare-verifiers.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import type { TrustRoot } from '../../shared/bundle/trust/trust-root.ts';
import { type ReceiptVerification, verifyReceipt } from '../../shared/bundle/verify-receipt.ts';
import { readKeyEpochs, requestRotation } from '../record/key-ring.ts';
import { openRecorder } from '../record/open-recorder.ts';
import type { EntryInput } from '../record/record-input.ts';
import { Receipts } from './receipts.ts';

// Two verifiers, written apart, must say the same of every receipt: by name of check, and in the verdict.
const sessionId = '018f3c5e-7a1b-7c2d-8e3f-000000000001';
const salt = 'a1'.repeat(16);
const many = Array.from({ length: 700 }, (_, index) => hash('sha256', `object ${index}`, 'hex'));
const by = { by: 'jo@acme.test', reason: 'Zürich ✓' };
const subject = saltedDigest(salt, 'erased-subject', { issuer: 'https://idp.example', subject: 'alice' });
const acts: readonly (EntryInput & { readonly salts?: Record<string, string> })[] = [
  { kind: 'retention', sessionId, rule: 'default', digests: [many[0]!], ...by },
  { kind: 'retention', sessionId, digests: many, ...by },
  { kind: 'redaction', sessionId, revision: 2, digests: many.slice(0, 3), ...by },
  { kind: 'erasure', subject, sessions: 3, digests: many, ...by },
  { kind: 'hold', holdId: sessionId, scope: subject, state: 'placed', ...by },
];

let folder: string;
let files: readonly string[];
let keys: readonly string[];
let validFrom: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'steno-receipts-py-'));
  const directory = join(folder, 'data');
  const entries = [];
  for (const turn of [0, 1]) {
    if (turn === 1) requestRotation(directory, 0);
    const recorder = await openRecorder({ directory });
    for (const act of acts) {
      const { salts, ...input } = act;
      entries.push({
        ...(await recorder.enter(input as EntryInput)),
        ...('digests' in act ? { digests: act.digests } : {}),
        salts: { subject: salt },
      });
    }
    await recorder.close();
  }
  files = new Receipts(directory).write(entries).map(({ file }) => file);
  const epochs = readKeyEpochs(directory);
  keys = epochs.map(({ key }) => key);
  validFrom = epochs.map((epoch) => epoch.validFrom);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trusting = (change: Partial<TrustRoot['writers'][number]> = {}): TrustRoot => ({
  formatVersion: 1,
  exporters: [],
  writers: keys.map((vkey, index) => ({ vkey, validFrom: validFrom[index]!, ...(index === 1 ? change : {}) })),
});

async function judgeBoth(
  paths: readonly string[],
  pinnedKeys: readonly string[],
  trustRoot?: TrustRoot,
): Promise<Map<string, ReceiptVerification>> {
  const trustFile = join(folder, 'trust.json');
  if (trustRoot !== undefined) writeFileSync(trustFile, JSON.stringify(trustRoot));
  const python = verifyInPython(paths, pinnedKeys, trustRoot && trustFile);
  const judged = new Map<string, ReceiptVerification>();
  for (const path of paths) {
    judged.set(path, await verifyReceipt(path, { pinnedKeys, trustRoot }));
    expect(summaryOf(python.get(path)!), basename(path)).toBe(summaryOf(judged.get(path)!));
  }
  return judged;
}
const verdictsOf = (judged: Map<string, ReceiptVerification>): string[] => [...new Set([...judged.values()].map(({ verdict }) => verdict))];

describe('sound receipts', () => {
  test('are green for each pinned key of the log, followed over its rotations, amber for others', async () => {
    expect(files.length).toBe(10);
    for (const key of keys) expect(verdictsOf(await judgeBoth(files, [key]))).toEqual(['sound']);
    expect(verdictsOf(await judgeBoth(files, []))).toEqual(['sound-unknown-key']);
    expect(verdictsOf(await judgeBoth(files, [createSignerKey('mallory.example').text]))).toEqual(['sound-unknown-key']);
  });

  test('are judged by the time of their checkpoint, not by that of an entry before it', async () => {
    expect(JSON.parse(readFileSync(files[0]!, 'utf8'))).toHaveProperty('last.leaf', expect.stringContaining('"index"'));
    expect(verdictsOf(await judgeBoth(files, [], trusting()))).toEqual(['sound']);
    const revoked = { revokedAt: validFrom[1]!, revocationReason: 'key-compromise' as const };
    expect(verdictsOf(await judgeBoth(files, [], trusting(revoked)))).toEqual(['not-sound']);
    const later = { revokedAt: '2099-01-01T00:00:00Z', revocationReason: 'key-compromise' as const };
    expect(verdictsOf(await judgeBoth(files, [], trusting(later)))).toEqual(['sound-unknown-key']);
  });

  test('of the form before rotations came along verify as they did', async () => {
    const old = join(folder, 'version-1.json');
    const { rotations: _rotations, last: _last, ...rest } = JSON.parse(readFileSync(files.at(-1)!, 'utf8')) as Receipt;
    writeFileSync(old, formatReceipt({ ...rest, receipt: 1 }));
    expect(verdictsOf(await judgeBoth([old], [keys[1]!]))).toEqual(['sound']);
    expect(verdictsOf(await judgeBoth([old], [keys[0]!]))).toEqual(['sound-unknown-key']);
  });
});

/** Named changes of what a receipt says; each must be noticed. */
const forgeries: Readonly<Record<string, (receipt: Receipt, other: Receipt) => unknown>> = {
  'another reason': (receipt) => ({ ...receipt, entry: receipt.entry.replace('Zürich', 'Genf') }),
  'the entry of another receipt': (receipt, other) => ({ ...receipt, entry: other.entry }),
  'the proof of another receipt': (receipt, other) => ({ ...receipt, proof: other.proof }),
  'an entry with a blank': (receipt) => ({ ...receipt, entry: receipt.entry.replace('{"at"', '{ "at"') }),
  'a number written otherwise': (receipt) => ({ ...receipt, entry: receipt.entry.replace(/"index":(\d+)/, '"index":$1.0') }),
  'half a surrogate': (receipt) => ({ ...receipt, entry: receipt.entry.replace('✓', '\ud800') }),
  'the wrong index': (receipt) => ({ ...receipt, proof: receipt.proof.replace(/index (\d+)/, (_, at) => `index ${Number(at) + 1}`) }),
  'a shorter path': (receipt) => ({ ...receipt, proof: receipt.proof.replace(/(index \d+\n)[^\n]+\n/, '$1') }),
  'another root': (receipt) => ({ ...receipt, proof: receipt.proof.replace(/\n[A-Za-z0-9+/]{43}=\n\n—/, `\n${'A'.repeat(43)}=\n\n—`) }),
  'no signature': (receipt) => ({ ...receipt, proof: receipt.proof.split('—')[0] }),
  'a line of extra data': (receipt) => ({ ...receipt, proof: receipt.proof.replace('\nindex', '\nextra AAAA\nindex') }),
  'an extension line': (receipt) => ({ ...receipt, proof: receipt.proof.replace('=\n\n—', '=\nextension\n\n—') }),
  'digests of something else': (receipt) => ({ ...receipt, digests: [many[5]] }),
  'a list that is one short': (receipt) => ({ ...receipt, digests: receipt.digests?.slice(1) ?? [many[1]] }),
  'a field of its own': (receipt) => ({ ...receipt, note: 'x' }),
  'a strange salt': (receipt) => ({ ...receipt, salts: { subject: 'x' } }),
  'a version of the future': (receipt) => ({ ...receipt, receipt: 3 }),
  'true for a version': (receipt) => ({ ...receipt, receipt: true }),
  'no entry': ({ entry: _entry, ...receipt }) => receipt,
  'a rotation that nobody signed': (receipt) => ({ ...receipt, rotations: [{ leaf: receipt.entry, proof: receipt.proof }] }),
  'a last entry that is not': (receipt, other) => ({ ...receipt, last: { leaf: other.entry, path: [] } }),
  'a number of 400 digits': (receipt) => JSON.stringify({ ...receipt, more: 0 }).replace('"more":0', `"more":1${'0'.repeat(400)}`),
};

test('forged ones are not sound, both say, and why', async () => {
  // A redaction and an erasure of the first key, a deletion and an erasure of the second.
  const forged = [2, 3, 5, 8].flatMap((place) => {
    const file = files[place]!;
    const receipt = JSON.parse(readFileSync(file, 'utf8')) as Receipt;
    const other = JSON.parse(readFileSync(files[(place + 1) % files.length]!, 'utf8')) as Receipt;
    return Object.entries(forgeries).map(([name, forge], number) => {
      const path = join(folder, `forged-${place}-${number}.json`);
      const said = forge(receipt, other);
      const text = typeof said === 'string' ? said : JSON.stringify(said);
      expect(text, name).not.toBe(JSON.stringify(receipt));
      writeFileSync(path, text);
      return path;
    });
  });
  expect(verdictsOf(await judgeBoth(forged, keys))).toEqual(['not-sound']);
}, 120_000);

// What stands in a receipt and says nothing: hints of keys, spaces, salts.
test.each([1, 2, 3])(
  'damaged ones get one judgement (seed %i), and none is sound that says something else',
  async (seed) => {
    const random = createRandom(seed);
    const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
    const damaged = new Map<string, string>();
    for (let run = 0; run < 60; run += 1) {
      const source = pick(files);
      const path = join(folder, `damaged-${seed}-${run}.json`);
      writeFileSync(path, damage(readFileSync(source), random));
      damaged.set(path, source);
    }
    const judged = await judgeBoth([...damaged.keys()].filter(isStillJson), keys);
    for (const [path, { verdict, entry }] of judged) {
      if (verdict === 'not-sound') continue;
      expect(entry).toEqual((await verifyReceipt(damaged.get(path)!, { pinnedKeys: keys })).entry);
    }
    expect([...judged.values()].filter(({ verdict }) => verdict === 'not-sound').length).toBeGreaterThan(30);
  },
  120_000,
);

/** The first byte says that it is a receipt. */
const isStillJson = (path: string): boolean => readFileSync(path)[0] === 0x7b;

function damage(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length);
  const kind = Math.floor(random() * 4);
  if (kind === 0) return bytes.subarray(0, at);
  const put = kind === 1 ? [bytes[at]! ^ (1 << Math.floor(random() * 8))] : [Math.floor(random() * 256)];
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(kind === 3 ? [] : put), bytes.subarray(kind === 2 ? at : at + 1)]);
}

test('bundles and receipts in one call: one JSON object, the same of both', { timeout: 60_000 }, () => {
  const root = join(import.meta.dirname, '../..');
  const receipts = [files[0]!, files[3]!, join(folder, 'forged-2-0.json')];
  const asked = [join(root, 'fixtures/bundles/v2/nightly.wacz'), ...receipts, '--json', '--key', keys[1]!];
  const [typescript, python] = [
    spawnSync(process.execPath, [join(root, 'steno.ts'), 'verify', ...asked], {
      encoding: 'utf8',
      env: { ...process.env, XDG_CONFIG_HOME: folder },
    }),
    spawnSync('python3', [join(root, 'shared/bundle/verify.py'), ...asked], { encoding: 'utf8' }),
  ].map(({ status, stdout }) => {
    const { bundles, receipts, pairs, ...rest } = JSON.parse(stdout) as Record<'bundles' | 'receipts' | 'pairs', ReceiptVerification[]>;
    return { status, bundles: bundles.map(summaryOf), receipts: receipts.map(summaryOf), pairs, rest };
  });
  expect(python).toEqual(typescript);
  expect(python!.receipts.map((said) => said.split(':')[0])).toEqual(['sound', 'sound', 'not-sound']);
  expect([python!.status, python!.bundles.length]).toEqual([2, 1]);
});
