import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../shared/base/canonical-json.ts';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { writerLeafSchema } from '../../shared/bundle/format.ts';
import { leafHash } from '../../shared/bundle/merkle-tree.ts';
import { toEntryLeaf } from './entry-leaf.ts';
import { readCatalog } from './journal-catalog.ts';
import { openRecorder } from './open-recorder.ts';
import type { EntryInput } from './record-input.ts';

const digest = hash('sha256', 'a disclosure', 'hex');
const sessionId = '018f3c5e-7a1b-7c2d-8e3f-000000000001';
const entries: EntryInput[] = [
  { kind: 'hold', holdId: sessionId, scope: digest, state: 'placed', by: 'jo@acme.test', reason: 'Case 12' },
  { kind: 'hold', holdId: sessionId, scope: digest, sessionId, state: 'lifted', by: 'jo@acme.test' },
  { kind: 'retention', sessionId, rule: 'default', digests: [digest], by: 'steno' },
  { kind: 'redaction', sessionId, revision: 2, digests: [digest], by: 'jo@acme.test', reason: 'a customer asked' },
  { kind: 'erasure', subject: digest, sessions: 3, digests: [], by: 'jo@acme.test' },
];

describe('entries of the writer log about recordings', () => {
  it.each(entries)('$kind is canonical and fits the format', (entry) => {
    const text = JSON.stringify(toEntryLeaf(entry, { at: '2026-03-01T00:00:00.000Z', index: 7 }));
    expect(text).toBe(canonicalJson(JSON.parse(text)));
    expect(writerLeafSchema.parse(JSON.parse(text))).toMatchObject({ kind: entry.kind, index: 7 });
  });

  it('names a list that is too long by the digest of its lines', () => {
    const digests = Array.from({ length: 501 }, (_, index) => hash('sha256', String(index), 'hex'));
    const leaf = toEntryLeaf({ kind: 'retention', sessionId, digests, by: 'x' }, { at: '2026-03-01T00:00:00.000Z', index: 0 });
    const sha256 = hash('sha256', `${digests.join('\n')}\n`, 'hex');
    expect(leaf).toMatchObject({ digests: [], list: { count: 501, sha256 } });
  });

  describe('in a journal', () => {
    const directory = mkdtempSync(join(tmpdir(), 'steno-entry-'));
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it('are durable and under a signed checkpoint when the recorder says so', async () => {
      const recorder = await openRecorder({ directory });
      const { index, text } = await recorder.enter(entries[0]!);
      const catalog = readCatalog(directory);
      await recorder.close();
      expect(catalog.writerLog[index]).toBe(leafHash(text));
      expect(parseCheckpoint(catalog.checkpoint ?? '')?.checkpoint.size).toBe(index + 1);
    });
  });
});
