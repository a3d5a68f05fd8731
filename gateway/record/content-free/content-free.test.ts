import { createHmac } from 'node:crypto';
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { RowsUnreadable } from '../../../shared/bigquery/scan-rows.ts';
import { listSegments } from '../list-segments.ts';
import { openRecorder } from '../open-recorder.ts';
import { anEnd, anIntent, aSession, sendBody } from '../testing/an-exchange.ts';
import { freshDirectory } from '../testing/fresh-directory.ts';
import { exchangesOf, openExported } from '../testing/open-exported.ts';
import { CellDigests } from './cell-digests.ts';
import { contentKeyFile, loadContentKey } from './content-key.ts';
import { withoutLiterals, withoutMessage } from './without-content.ts';

const secrets = ['zoe@example.com', 'Bakerstreet', '411122223333', 'hush-hush', 'in-a-comment'];
const aPage = (rows: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      schema: { fields: [{ name: 'mail' }, { name: 'address' }] },
      rows: Array.from({ length: rows }, (_, index) => ({
        f: [
          { v: `zoe@example.com ${index % 10}` },
          { v: index % 2 === 0 ? null : [{ v: { f: [{ v: '221b "Bakerstreet"' }, { v: 411122223333 }] } }] },
        ],
      })),
    }),
  );

const anInsert = {
  content: 'content-free',
  statement: {
    sql: "INSERT INTO d.t (a) VALUES ('hush-hush', 411122223333) -- in-a-comment",
    parameters: [{ name: 'who', parameterType: { type: 'STRING' }, parameterValue: { value: 'hush-hush' } }],
    referencedTables: ['p.d.t'],
  },
} as const;

/** Everything that the data directory holds, but its keys. */
const journalOf = (directory: string): string =>
  listSegments(directory)
    .map((file) => readFileSync(file, 'latin1'))
    .join('');

describe('a content-free exchange', () => {
  it('keeps who, what and when, a keyed digest of each value, and not one value', async () => {
    const directory = freshDirectory();
    const recorder = await openRecorder({ directory });
    const session = aSession(recorder);
    const page = aPage(6_000);
    const record = recorder.open(anIntent(session, anInsert));
    record.requestBody(Buffer.from('{"query":"hush-hush"}'));
    record.upstreamRequest({ method: 'POST', url: 'https://bq/x', headers: [], body: Buffer.from('{"query":"hush-hush 2"}') });
    record.responseHead(200, [['content-type', 'application/json']]);
    await sendBody(record, page, 1_000);
    await record.end(anEnd(page.length, { job: { errorResult: { reason: 'invalid', message: 'Bad value: hush-hush', location: 'q' } } }));
    await recorder.close();
    for (const secret of secrets) expect(journalOf(directory)).not.toContain(secret);

    const bundle = await openExported(directory, session);
    const [exchange] = await exchangesOf(bundle);
    expect(exchange?.intent.content).toBe('content-free');
    expect(exchange?.sql).toBe('INSERT INTO d.t(a) VALUES (?)');
    expect(exchange?.parameters).toEqual([{ name: 'who', parameterType: { type: 'STRING' }, parameterValue: '?' }]);
    expect(exchange?.jobError).toEqual({ reason: 'invalid', location: 'q', message: '?' });
    const stored = Object.fromEntries(exchange!.bodies.map((body) => [body.side, [body.stored, body.length]]));
    expect(stored).toEqual({
      request: ['digest', 21],
      'upstream-request': ['digest', 23],
      response: ['digest', page.length],
      cells: ['verbatim', 6_000 * 2 * 16],
    });
    expect(await bundle.body(exchange!.exchangeId, 'response')).toBeUndefined();

    const key = loadContentKey(directory);
    const cells = Buffer.from((await bundle.body(exchange!.exchangeId, 'cells'))!);
    const digestOf = (text: string): Buffer => createHmac('sha256', key).update(text).digest().subarray(0, 16);
    expect(cells.subarray(0, 16)).toEqual(digestOf('"zoe@example.com 0"'));
    expect(cells.subarray(16, 32)).toEqual(digestOf('null'));
    expect(cells.subarray(-16)).toEqual(digestOf(String.raw`[{"v":{"f":[{"v":"221b \"Bakerstreet\""},{"v":411122223333}]}}]`));
    expect(cells.includes(digestOf('"somebody@example.com"'))).toBe(false);
    expect(statSync(contentKeyFile(directory)).mode & 0o777).toBe(0o600);
    await bundle.close();
  });

  it('answers the same after a restart: the key stays, and what is no key stops the recorder', async () => {
    const directory = freshDirectory();
    const keys: Buffer[] = [];
    for (let round = 0; round < 2; round += 1) {
      const recorder = await openRecorder({ directory });
      await recorder.open(anIntent(aSession(recorder), { content: 'content-free' })).end(anEnd(0));
      await recorder.close();
      keys.push(loadContentKey(directory));
    }
    expect(keys[0]).toEqual(keys[1]);
    expect(keys[0]?.length).toBe(32);
    writeFileSync(contentKeyFile(directory), 'short');
    const recorder = await openRecorder({ directory });
    expect(() => recorder.open(anIntent(aSession(recorder), { content: 'content-free' }))).toThrow('content key');
    await recorder.close();
  });

  it('takes no byte of rows that it cannot tell apart', async () => {
    const directory = freshDirectory();
    const recorder = await openRecorder({ directory });
    const session = aSession(recorder);
    const record = recorder.open(anIntent(session, { content: 'content-free' }));
    record.responseHead(200, []);
    expect(() => record.responseBody(Buffer.from('{"rows":[["hush-hush"]]}'))).toThrow(RowsUnreadable);
    record.responseHead(502, []);
    record.responseBody(Buffer.from('{"error":{}}'));
    await record.end(anEnd(12, { outcome: 'refused', status: 502 }));
    const half = recorder.open(anIntent(session, { content: 'content-free' }));
    half.responseHead(200, []);
    half.responseBody(aPage(10).subarray(0, 100));
    await expect(half.end(anEnd(100))).rejects.toThrow(RowsUnreadable);
    await half.end(anEnd(100, { outcome: 'transport-failed', framing: 'truncated' }));
    await recorder.close();
    const bundle = await openExported(directory, session);
    const exchanges = await exchangesOf(bundle);
    expect(exchanges.map(({ bodies }) => bodies.map(({ side, length }) => [side, length]))).toEqual([
      [['response', 12]],
      [
        ['response', 100],
        ['cells', 16],
      ],
    ]);
    await bundle.close();
  });

  it('that a crash cut in a large answer is reconciled, and its bundle is sound', async () => {
    const directory = freshDirectory();
    const recorder = await openRecorder({ directory, segmentBytes: 4 * 2 ** 20 });
    const session = aSession(recorder);
    const record = recorder.open(anIntent(session, { content: 'content-free' }));
    record.responseHead(200, []);
    const page = aPage(300_000);
    expect(page.length).toBeGreaterThan(17 * 2 ** 20);
    await sendBody(record, page.subarray(0, 17 * 2 ** 20));
    await record.durable();
    const crashed = path.join(freshDirectory(), 'copy');
    cpSync(directory, crashed, { recursive: true });
    await record.end(anEnd(0, { outcome: 'aborted', framing: 'truncated' }));
    await recorder.close();
    const restarted = await openRecorder({
      directory: crashed,
      reconcile: async ({ content }) => ({
        state: 'failed',
        job: { errorResult: { reason: 'invalid', message: `hush-hush ${content}` } },
      }),
    });
    await restarted.close();
    const bundle = await openExported(crashed, session);
    const [exchange] = await exchangesOf(bundle);
    expect(exchange?.end?.kind).toBe('reconcile');
    expect(exchange?.jobError).toEqual({ reason: 'invalid', location: '?', message: '?' });
    expect(exchange?.bodies.map(({ side }) => side).sort()).toEqual(['cells', 'response']);
    await bundle.close();
  });
});

describe('keyed digests of values', () => {
  it.each([0, 1, 63, 64, 65, 1_000, 70_000])('are HMAC-SHA-256 as Node computes it, of %s bytes, asked once or again', (length) => {
    const key = Buffer.from('0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20', 'hex');
    const digests = new CellDigests(key);
    const value = Buffer.from(`xx${'v'.repeat(length)}`);
    const expected = createHmac('sha256', key).update(value.subarray(2)).digest().subarray(0, 16);
    const digestOf = (text: Buffer): Buffer => {
      const target = Buffer.alloc(20);
      digests.write(text, 2, text.length, target, 3);
      expect([target[2], target[19]]).toEqual([0, 0]);
      return target.subarray(3, 19);
    };
    for (let again = 0; again < 3; again += 1) expect(digestOf(value)).toEqual(expected);
  });
});

it('keyed digests of values that share their slots are each their own', () => {
  const key = Buffer.alloc(32, 5);
  const digests = new CellDigests(key);
  const target = Buffer.alloc(16);
  for (let round = 0; round < 2; round += 1)
    for (let index = 0; index < 20_000; index += 7) {
      const value = Buffer.from(`"${index}"`);
      digests.write(value, 0, value.length, target, 0);
      expect(target.equals(createHmac('sha256', key).update(value).digest().subarray(0, 16))).toBe(true);
    }
});

describe('statements without their values', () => {
  it('keep nothing of parameters that are not of the known shape', () => {
    expect(withoutLiterals({ sql: 'SELECT @a', parameters: { a: 'hush-hush' } })?.parameters).toBe('?');
    expect(withoutLiterals({ sql: 'SELECT ?', parameters: ['hush-hush', null] })?.parameters).toEqual(['?', '?']);
  });

  it('keep nothing of what is no SQL either', () => {
    const sql = withoutLiterals({ sql: `SELECT "open hush-hush` })?.sql;
    expect(sql).not.toContain('hush');
  });

  it('keep BigQuery’s own words of an error, and not its message', () => {
    expect(withoutMessage({ errorResult: { reason: 'hush hush!', message: 'm', location: 'query' } })?.errorResult).toEqual({
      reason: '?',
      location: 'query',
      message: '?',
    });
  });
});
