import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createExchangeId } from '../../../shared/base/ids.ts';
import type { Config } from '../../config.ts';
import type { EndInput, IntentInput, PrincipalInput } from '../record-input.ts';
import type { ExchangeRecord, Recorder } from '../recorder.ts';
import { openExported } from './open-exported.ts';

export const aPrincipal: PrincipalInput = {
  kind: 'agent',
  issuer: 'https://idp.example',
  subject: 'ci',
  groups: ['analysts'],
  tool: 'test/1',
};

export const anIntent = (sessionId: string, change: Partial<IntentInput> = {}): IntentInput => ({
  exchangeId: createExchangeId(),
  sessionId,
  principal: aPrincipal,
  client: { address: '127.0.0.1', door: 'direct' },
  request: { method: 'POST', target: '/bigquery/v2/projects/p/queries', httpVersion: '1.1', headers: [['host', 'gw.example']] },
  methodId: 'bigquery.jobs.query',
  projectId: 'p',
  statement: { sql: 'SELECT 1', statementType: 'SELECT', referencedTables: [] },
  job: { projectId: 'p', jobId: 'steno_1', location: 'US' },
  decision: { effect: 'allow', rules: ['r'], policyDigest: 'd' },
  ...change,
});

export const anEnd = (bytes: number, change: Partial<EndInput> = {}): EndInput => ({
  outcome: 'answered',
  status: 200,
  framing: 'complete',
  bytesFromUpstream: bytes,
  bytesToClient: bytes,
  ...change,
});

export function aSession(recorder: Recorder, name = 'default'): string {
  const sessionId = randomUUID();
  recorder.openSession({ sessionId, name, principal: aPrincipal });
  return sessionId;
}

/** One whole exchange, acknowledged. */
export async function recordExchange(
  recorder: Recorder,
  sessionId: string,
  body: Uint8Array,
  change: Partial<IntentInput> = {},
): Promise<string> {
  const record = recorder.open(anIntent(sessionId, change));
  record.requestBody(Buffer.from(`{"exchange":"${record.exchangeId}"}`));
  await record.durable();
  record.responseHead(200, [['content-type', 'application/json']]);
  await sendBody(record, body);
  await record.end(anEnd(body.length));
  return record.exchangeId;
}

/** In pieces as a socket delivers them, waiting where the recorder says so. */
export async function sendBody(record: ExchangeRecord, body: Uint8Array, pieceBytes = 65_536): Promise<void> {
  for (let at = 0; at < body.length; at += pieceBytes) {
    if (!record.responseBody(body.subarray(at, at + pieceBytes))) await record.drained();
  }
}

export function aDirectory(): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(path.join(tmpdir(), 'steno-record-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

export type ReadBack = ReadonlyMap<
  string,
  {
    readonly kind: 'end' | 'reconcile' | undefined;
    readonly state: string;
    readonly responseSha256: string;
    readonly responseBytes: number;
  }
>;

/** Every exchange of a session, read back from a bundle that is sound. */
export async function readBack(
  directory: string,
  session: string,
  snapshot = false,
  storage: Config['storage'] = undefined,
): Promise<ReadBack> {
  const bundle = await openExported(directory, session, { snapshot, storage });
  const found = new Map();
  for await (const { exchangeId, end } of bundle.exchanges()) {
    const body = (await bundle.body(exchangeId, 'response')) ?? new Uint8Array(0);
    const state = end?.kind === 'reconcile' ? end.state : (end?.outcome ?? 'open');
    found.set(exchangeId, { kind: end?.kind, state, responseSha256: sha256(body), responseBytes: body.length });
  }
  await bundle.close();
  return found;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
