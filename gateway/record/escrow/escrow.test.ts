import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, it } from 'vitest';
import type { BundleExchange } from '../../../shared/bundle/bundle.ts';
import { listSegments } from '../list-segments.ts';
import { openRecorder } from '../open-recorder.ts';
import type { ExchangeRecord, Recorder } from '../recorder.ts';
import { anEnd, anIntent, aSession } from '../testing/an-exchange.ts';
import { freshDirectory } from '../testing/fresh-directory.ts';
import { exchangesOf, openExported } from '../testing/open-exported.ts';

const journalOf = (directory: string): Buffer => Buffer.concat(listSegments(directory).map((file) => readFileSync(file)));

/** What a masking stage does: clear bytes from upstream, others to the client. */
async function passMasked(record: ExchangeRecord, clear: Buffer, masked: Buffer): Promise<void> {
  record.responseHead(200, [['content-type', 'application/json']]);
  for (let at = 0; at < clear.length; at += 100_000)
    if (!record.upstreamResponseBody(clear.subarray(at, at + 100_000))) await record.drained();
  record.responseBody(masked);
}

const stored = ({ bodies }: BundleExchange, side: string): string | undefined => bodies.find((body) => body.side === side)?.stored;
const [ada, bob, eve] = await Promise.all([generateX25519Identity(), generateX25519Identity(), generateX25519Identity()]);
const recipients = await Promise.all([ada, bob].map((identity) => identityToRecipient(identity)));
const masked = Buffer.from('{"rows":[{"f":[{"v":"hidden"}]}]}');
const clear = Buffer.from(
  JSON.stringify({ rows: Array.from({ length: 40_000 }, (_, index) => ({ f: [{ v: `secret-${index}@example.com` }] })) }),
);

async function recordMasked(recorder: Recorder, content?: 'content-free'): Promise<string> {
  const session = aSession(recorder);
  const record = recorder.open(anIntent(session, { content }));
  await passMasked(record, clear, masked);
  await record.end(anEnd(masked.length));
  return session;
}

it('the clear text of a masked answer is in the bundle for the escrow, and for nobody else', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, escrow: { recipients }, segmentBytes: 500_000 });
  const session = await recordMasked(recorder);
  await recorder.close();
  expect(journalOf(directory).includes('secret-1')).toBe(false);

  const bundle = await openExported(directory, session);
  const [exchange] = await exchangesOf(bundle);
  expect(stored(exchange!, 'upstream-response')).toBe('sealed');
  expect(exchange!.bodies.find(({ side }) => side === 'upstream-response')?.length).toBe(clear.length);
  const file = (await bundle.body(exchange!.exchangeId, 'upstream-response'))!;
  await bundle.close();
  for (const identity of [ada, bob]) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.from(await decrypter.decrypt(file)).equals(clear)).toBe(true);
  }
  const stranger = new Decrypter();
  stranger.addIdentity(eve);
  await expect(stranger.decrypt(file)).rejects.toThrow();
});

it('without an escrow only the digest is kept', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = await recordMasked(recorder);
  await recorder.close();
  expect(journalOf(directory).includes('secret-1')).toBe(false);
  const bundle = await openExported(directory, session);
  const exchanges = await exchangesOf(bundle);
  expect(stored(exchanges[0]!, 'upstream-response')).toBe('digest');
  await bundle.close();
});

it('of a content-free exchange the escrow gets nothing', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, escrow: { recipients } });
  const session = await recordMasked(recorder, 'content-free');
  await recorder.close();
  expect(journalOf(directory).includes('age-encryption.org')).toBe(false);
  const bundle = await openExported(directory, session);
  const exchanges = await exchangesOf(bundle);
  expect(stored(exchanges[0]!, 'upstream-response')).toBe('digest');
  await bundle.close();
});

it('a seal that a crash cut is no age file, and the bundle says nothing else', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, escrow: { recipients } });
  const session = aSession(recorder);
  const record = recorder.open(anIntent(session));
  const large = Buffer.alloc(9 * 2 ** 20, clear);
  await passMasked(record, large, masked);
  await record.durable();
  const crashed = path.join(freshDirectory(), 'copy');
  cpSync(directory, crashed, { recursive: true });
  await record.end(anEnd(masked.length));
  await recorder.close();
  const restarted = await openRecorder({ directory: crashed });
  await restarted.close();
  const bundle = await openExported(crashed, session);
  const exchanges = await exchangesOf(bundle);
  expect(stored(exchanges[0]!, 'upstream-response')).toBe('sealed');
  expect(await bundle.body(exchanges[0]!.exchangeId, 'upstream-response')).toBeUndefined();
  await bundle.close();
});

it('who is no recipient keeps the recorder from starting', async () => {
  const mistyped = recipients[0]!.slice(0, -1) + (recipients[0]!.endsWith('q') ? 'p' : 'q');
  await expect(openRecorder({ directory: freshDirectory(), escrow: { recipients: [mistyped] } })).rejects.toThrow('no age recipient');
});
