import { expect, test } from 'vitest';
import { canonicalJson } from '../../shared/base/canonical-json.ts';
import { sessionLeafSchema, writerLeafSchema } from '../../shared/bundle/format.ts';
import { frameTypes } from './frame.ts';
import { leafWords } from './leaf-text.ts';
import { listSegments } from './list-segments.ts';
import { openRecorder } from './open-recorder.ts';
import { readFrames } from './read-frames.ts';
import { aDirectory, anEnd, anIntent, aPrincipal, aSession, sendBody } from './testing/an-exchange.ts';

test('every kind of leaf is canonical JSON and fits the format, whatever strings it is given', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory, heartbeatMs: 20 });
  const session = aSession(recorder, 'Zürich "quoted" \\ \u2028 \u0007 name');
  const decision = { effect: 'ask', rules: ['b', 'a', '\ud800'], reason: 'line\nline \ud83d\ude00 \ud83d', policyDigest: 'd' } as const;
  const record = recorder.open(anIntent(session, { decision, approval: { approvalId: 'a-1', state: 'approved' }, connection: 'main' }));
  await sendBody(record, Buffer.alloc(10_000_000, 'long '));
  recorder.note({ kind: 'decision', sessionId: session, exchangeId: record.exchangeId, decision });
  recorder.note({
    kind: 'approval',
    sessionId: session,
    exchangeId: record.exchangeId,
    approval: { approvalId: 'a-1', state: 'approved' },
    approver: aPrincipal,
    group: 'owners',
    expiresAt: new Date(0),
    shownDigest: 'a'.repeat(64),
    requestDigest: 'b'.repeat(64),
    reason: 'yes',
  });
  recorder.note({ kind: 'policy-change', policyDigest: 'd2', detail: 'reloaded' });
  const job = {
    jobReference: { projectId: 'p', jobId: 'j' },
    totalBytesProcessed: 2n ** 62n,
    totalRows: '9',
    cacheHit: true,
    referencedTables: ['p.d.t'],
  };
  await record.end(
    anEnd(1, { job: { ...job, errorResult: { reason: 'x' } }, timings: { identity: 0.1, policy: 1 / 3 }, reason: 'because' }),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  await recorder.close();
  const kinds = new Set<string>();
  for (const segment of listSegments(directory)) {
    for (const { header, payload } of readFrames(segment)) {
      if (header.type !== frameTypes.leaf && header.type !== frameTypes.writerLeaf) continue;
      const text = payload.toString('utf8');
      const leaf = header.type === frameTypes.leaf ? sessionLeafSchema.parse(JSON.parse(text)) : writerLeafSchema.parse(JSON.parse(text));
      expect(text).toBe(canonicalJson(leaf));
      kinds.add(leaf.kind);
    }
  }
  expect([...kinds].sort()).toEqual(
    [
      'approval',
      'chunk',
      'decision',
      'end',
      'heartbeat',
      'intent',
      'policy-change',
      'session-close',
      'session-head',
      'session-open',
      'writer-open',
    ].sort(),
  );
  remove();
});

test('words are bounded, well-formed and free of credentials', () => {
  expect(leafWords('x'.repeat(5_000))).toHaveLength(2_000);
  expect(leafWords('broken \ud800')).toBe('broken \ufffd');
  expect(leafWords('saw Bearer abcdefghijkl')).toBe('saw [removed]');
});
