import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReceiptVerification, verifyReceipt } from '../../shared/bundle/verify-receipt.ts';
import { openRecorder } from '../record/open-recorder.ts';
import type { EntryInput } from '../record/record-input.ts';
import { type ReceiptFile, Receipts } from './receipts.ts';

const sessionId = '018f3c5e-7a1b-7c2d-8e3f-000000000001';
const many = Array.from({ length: 700 }, (_, index) => hash('sha256', `object ${index}`, 'hex'));

describe('a receipt', () => {
  const directory = mkdtempSync(join(tmpdir(), 'steno-receipts-'));
  let short: ReceiptFile;
  let long: ReceiptFile;

  beforeAll(async () => {
    const recorder = await openRecorder({ directory });
    const enter = (digests: string[]): EntryInput => ({
      kind: 'retention',
      sessionId,
      rule: 'default',
      digests,
      by: 'steno',
      reason: 'expired',
    });
    const entries = [await recorder.enter(enter([many[0]!])), { ...(await recorder.enter(enter(many))), digests: many }];
    await recorder.close();
    [short, long] = new Receipts(directory).write(entries) as [ReceiptFile, ReceiptFile];
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('proves its entry to whoever pinned the key, and says so amber to others', async () => {
    const amber = await verifyReceipt(short.file, { pinnedKeys: [] });
    expect([amber.verdict, amber.checks.filter((check) => check.status !== 'passed').map((check) => check.name)]).toEqual([
      'sound-unknown-key',
      ['recorder-key', 'key-validity'],
    ]);
    expect(amber.entry).toMatchObject({ kind: 'retention', sessionId, digests: [many[0]] });
    const green = await verifyReceipt(long.file, { pinnedKeys: long.receipt.keys });
    expect(green.verdict).toBe('sound');
    expect(green.checks.find((check) => check.name === 'digests')?.detail).toBe('700 digests of what is gone are those of the entry');
  });

  const forge = async (edit: (text: string) => string, from = (): ReceiptFile => short): Promise<ReceiptVerification> => {
    const text = readFileSync(from().file, 'utf8');
    const edited = edit(text);
    expect(edited).not.toBe(text);
    const file = join(directory, 'forged.json');
    writeFileSync(file, edited);
    return verifyReceipt(file, { pinnedKeys: from().receipt.keys });
  };

  it.each([
    ['another reason', 'writer-log', (text: string) => text.replace('expired', 'approved')],
    [
      'another entry of the same log',
      'writer-log',
      (text: string) => text.replace(/index (\d+)/, (_, index) => `index ${Number(index) - 1}`),
    ],
    ['an entry that is not canonical', 'entry', (text: string) => text.replace('{\\"at\\"', '{ \\"at\\"')],
    [
      'a checkpoint with another root',
      'recorder-signature',
      (text: string) => text.replace(/\\n([A-Za-z0-9+/]{43}=)\\n\\n—/, '\\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\\n\\n—'),
    ],
    [
      'digests that the entry does not speak of',
      'digests',
      (text: string) => text.replace('"keys"', `"digests": ["${many[1]}"],\n  "keys"`),
    ],
    ['a field of its own', 'receipt', (text: string) => text.replace('"keys"', '"note": "x",\n  "keys"')],
    ['no JSON', 'receipt', (text: string) => text.slice(0, -5)],
  ])('is not sound with %s', async (_case, check, edit) => {
    const { verdict, checks } = await forge(edit);
    expect(verdict).toBe('not-sound');
    expect(checks.find((one) => one.name === check)?.status).toBe('failed');
  });

  it('is not sound when its list was changed or left out', async () => {
    const changed = await forge(
      (text) => text.replace(many[3]!, many[4]!),
      () => long,
    );
    expect(changed.checks.find((one) => one.name === 'digests')?.status).toBe('failed');
    const leftOut = await forge(
      (text) => text.replace(/"digests": \[[^\]]*\]/, '"salts": {}'),
      () => long,
    );
    expect([leftOut.verdict, leftOut.checks.find((one) => one.name === 'digests')?.status]).toEqual(['not-sound', 'missing']);
  });
});
