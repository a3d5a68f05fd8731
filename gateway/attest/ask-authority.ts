import { hash, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Authority, verifyTimestamp } from '../../shared/bundle/trust/rfc3161.ts';
import { encodeTimestampRequest } from '../../shared/bundle/trust/timestamp-token.ts';
import type { Timestamping } from '../config-attestation.ts';

const MAX_RESPONSE_BYTES = 65_536;
/** What the authority's clock and ours may differ by. */
const TOLERATED_MS = 300_000;

/** Throws when the file holds no certificate. */
export function readAuthority({ url, certificates }: Timestamping): Authority {
  const blocks = readFileSync(certificates, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error(`${certificates} holds no PEM certificate`);
  return { name: new URL(url).host, anchors: blocks.map((block) => new X509Certificate(block)) };
}

/** A time-stamp of `data`, checked in full: about these bytes, for this request, made now, by this authority. Throws otherwise. */
export async function askAuthority(settings: Timestamping, authority: Authority, data: Uint8Array): Promise<Buffer> {
  // The first bit clear and the second set: a positive number of exactly eight bytes.
  const nonce = randomBytes(8);
  nonce[0] = (nonce[0]! & 0x3f) | 0x40;
  const body = new Uint8Array(encodeTimestampRequest(hash('sha256', data, 'buffer'), nonce));
  const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' };
  const signal = AbortSignal.timeout(settings.timeoutSeconds * 1_000);
  const answer = await fetch(settings.url, { method: 'POST', headers, body, signal, redirect: 'error' });
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
  const response = Buffer.from(await answer.arrayBuffer());
  if (response.length > MAX_RESPONSE_BYTES) throw new Error(`answered with ${response.length} bytes`);
  const judged = verifyTimestamp(response, data, [authority], nonce);
  if (judged.status !== 'passed') throw new Error(`its answer ${judged.detail}`);
  const apart = Math.abs(Date.parse(judged.at) - Date.now());
  if (apart > TOLERATED_MS) throw new Error(`its clock is ${Math.round(apart / 1_000)} s from ours`);
  return response;
}
