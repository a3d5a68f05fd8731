import { randomBytes } from 'node:crypto';
import { openRecorder } from '../../record/open-recorder.ts';
import type { ExchangeRecord, Recorder } from '../../record/recorder.ts';
import { anEnd, anIntent, aSession, sendBody } from '../../record/testing/an-exchange.ts';

const headers = [
  ['host', 'gw.example'],
  ['content-type', 'application/json'],
  ['user-agent', 'google-cloud-node/9.3.0'],
  ['x-goog-api-client', 'gl-node/24.21.0 gccl/9.3.0'],
  ['accept-encoding', 'gzip'],
  ['content-length', '120'],
] as const;
const answerHeaders = [
  ['content-type', 'application/json; charset=UTF-8'],
  ['server', 'ESF'],
  ['vary', 'Origin, X-Origin'],
] as const;
const regions = ['EMEA', 'NORAM', 'APAC', 'LATAM'];
const AT_ONCE = 64;

/** A journal with one closed session of so many exchanges, written by the real recorder without waiting for each; returns the session's id. */
export async function generateJournal(directory: string, exchanges: number): Promise<string> {
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder, 'generated');
  let under: Promise<void>[] = [];
  for (let number = 1; number <= exchanges; number += 1) {
    under.push((await record(recorder, session, number))());
    if (under.length < AT_ONCE) continue;
    await Promise.all(under);
    under = [];
  }
  await Promise.all(under);
  await recorder.closeSession(session, 'generated');
  await recorder.close();
  return session;
}

/** One exchange with an answer of about 600 bytes; resolved with what waits for its end. */
async function record(recorder: Recorder, session: string, number: number): Promise<() => Promise<void>> {
  const sql = `SELECT id, region, amount FROM sales.orders WHERE customer = ${number % 5_000} AND day >= '2026-01-${String(1 + (number % 28)).padStart(2, '0')}' LIMIT 5`;
  const open = recorder.open(
    anIntent(session, {
      request: { method: 'POST', target: '/bigquery/v2/projects/p/queries?prettyPrint=false', httpVersion: '1.1', headers },
      statement: { sql, fingerprint: 'a'.repeat(64), statementType: 'SELECT', referencedTables: ['p.sales.orders'] },
      job: { projectId: 'p', jobId: `steno_${number}`, location: 'US' },
    }),
  );
  open.requestBody(Buffer.from(JSON.stringify({ query: sql, useLegacySql: false, maxResults: 1_000 })));
  const body = Buffer.from(anAnswer(number));
  open.responseHead(200, answerHeaders);
  if (!open.responseBody(body)) await open.drained();
  // Ended here, waited for there: a promise would be waited for by returning it.
  const ended = open.end(anEnd(body.length, { job: { totalBytesProcessed: String(number * 1_024), totalRows: '5' } }));
  return () => ended;
}

function anAnswer(number: number): string {
  const rows = Array.from({ length: 5 }, (_, row) => ({
    f: [
      { v: String(number * 7_919 + row * 104_729) },
      { v: regions[(number + row) % 4] },
      { v: ((number * 37 + row * 11) % 100_000) / 100 },
    ],
  }));
  const schema = { fields: ['id', 'region', 'amount'].map((name) => ({ name, type: 'STRING', mode: 'NULLABLE' })) };
  return JSON.stringify({
    kind: 'bigquery#queryResponse',
    schema,
    jobReference: { jobId: `steno_${number}` },
    rows,
    totalRows: '5',
    jobComplete: true,
  });
}

/** A journal with one closed session of one answer of so many bytes, of bytes that do not pack; returns the session's id. */
export async function generateLargeBody(directory: string, bytes: number): Promise<string> {
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder, 'large');
  const open = recorder.open(anIntent(session));
  open.responseHead(200, [['content-type', 'application/octet-stream']]);
  await sendLarge(open, bytes);
  await open.end(anEnd(bytes));
  await recorder.closeSession(session, 'generated');
  await recorder.close();
  return session;
}

/** Bytes that do not pack, so that the bundle is as large as the body. */
async function sendLarge(open: ExchangeRecord, bytes: number): Promise<void> {
  const pool = Array.from({ length: 8 }, () => randomBytes(1_048_576));
  for (let sent = 0, turn = 0; sent < bytes; turn += 1) {
    const piece = pool[turn % pool.length]!.subarray(0, bytes - sent);
    await sendBody(open, piece);
    sent += piece.length;
  }
}
