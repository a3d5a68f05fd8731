import { hash, verify, X509Certificate } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';
import { tags } from './der.ts';
import { isStampOf } from './timestamp-imprint.ts';
import { oids, parseTimestampResponse, type TimestampToken } from './timestamp-token.ts';
import type { TrustRoot } from './trust-root.ts';

export type Authority = { readonly name: string; readonly anchors: readonly X509Certificate[] };
/** `skipped`: nothing is wrong, but nobody we know vouches for it. `at`: UTC, set when passed. */
export type TimestampJudgement =
  | { readonly status: 'passed'; readonly detail: string; readonly at: string }
  | { readonly status: 'failed' | 'skipped'; readonly detail: string };

const MAX_CHAIN = 10;
const EXTENDED_KEY_USAGE = '2.5.29.37';

/** Throws when a certificate cannot be read. */
export const toAuthority = ({ name, certificates }: NonNullable<TrustRoot['timestampAuthorities']>[number]): Authority => ({
  name,
  anchors: certificates.map((text) => new X509Certificate(Buffer.from(text, 'base64'))),
});

/**
 * Whether an RFC 3161 response is about `data` and by an authority that is known. Certificates count as they were when the stamp was made.
 * `nonce`: that of the request, where we made it ourselves.
 */
export function verifyTimestamp(response: Buffer, data: Uint8Array, authorities: readonly Authority[], nonce?: Buffer): TimestampJudgement {
  if (authorities.length === 0) return judgeUnknown(response, data);
  try {
    const token = parseTimestampResponse(response);
    const signer = token.certificates.concat(authorities.flatMap(({ anchors }) => anchors)).find((one) => isSigner(one, token));
    if (signer === undefined) throw new Error('the certificate of its signer is not there');
    checkToken(token, signer, data, nonce);
    if (!isStampOf(response, data)) throw new Error('it is written otherwise than it should be');
    const found = authorities.find(({ anchors }) => hasChain([signer], [...anchors, ...token.certificates], anchors, token.at));
    if (found === undefined) return { status: 'skipped', detail: 'is by an authority that the trust root does not name' };
    const at = token.at.toISOString();
    return { status: 'passed', at, detail: `the checkpoint was there at ${at}: time-stamped by ${found.name} (RFC 3161)` };
  } catch (error) {
    return { status: 'failed', detail: `is no sound time-stamp of this checkpoint: ${(error as Error).message}` };
  }
}

function judgeUnknown(response: Buffer, data: Uint8Array): TimestampJudgement {
  if (!isStampOf(response, data)) return { status: 'failed', detail: 'is no time-stamp of this checkpoint' };
  return { status: 'skipped', detail: 'is about this checkpoint; whose it is cannot be judged, for no time-stamping authority is known' };
}

const isSigner = (one: X509Certificate, { signerDigest }: TimestampToken): boolean =>
  hash(signerDigest.hash, one.raw, 'hex') === signerDigest.digest.toString('hex');

/** From the signer up to a certificate of the authority, all valid when the stamp was made. */
function hasChain(
  chain: readonly X509Certificate[],
  known: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  at: Date,
): boolean {
  const last = chain.at(-1)!;
  if (!isValidAt(last, at)) return false;
  if (anchors.some((anchor) => anchor.raw.equals(last.raw))) return true;
  if (chain.length === MAX_CHAIN) return false;
  const isNext = (one: X509Certificate): boolean =>
    one.ca && !chain.some(({ raw }) => raw.equals(one.raw)) && last.checkIssued(one) && last.verify(one.publicKey);
  return known.some((one) => isNext(one) && hasChain([...chain, one], known, anchors, at));
}

const isValidAt = ({ validFromDate, validToDate }: X509Certificate, at: Date): boolean => at >= validFromDate && at <= validToDate;

function checkToken(token: TimestampToken, signer: X509Certificate, data: Uint8Array, nonce: Buffer | undefined): void {
  if (!isValidAt(signer, token.at)) throw new Error(`its certificate was not valid then (${signer.validFrom} to ${signer.validTo})`);
  if (!isForTimestampsOnly(signer)) throw new Error("its signer's certificate is not for time-stamps alone");
  if (!isNamed(signer, token)) throw new Error('its signer is named otherwise than its certificate');
  if (token.contentType !== oids.timestampInfo) throw new Error('its attributes speak of another content');
  if (hash(token.signerHash, token.info, 'hex') !== token.messageDigest.toString('hex')) throw new Error('its digest does not match');
  const key = signer.publicKey;
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : token.signerHash;
  if (!verify(algorithm, token.signedAttributes, key, token.signature)) throw new Error('its signature is wrong');
  if (hash(token.hash, data, 'hex') !== token.imprint.toString('hex')) throw new Error('it is about something else');
  if (nonce !== undefined && !isSameNumber(token.nonce, nonce)) throw new Error('it answers another request');
}

/** RFC 3161 §2.3: the extension is critical and names nothing else. */
function isForTimestampsOnly(signer: X509Certificate): boolean {
  if (signer.keyUsage?.length !== 1 || signer.keyUsage[0] !== oids.timeStamping) return false;
  const certificate = ASN1Obj.parseBuffer(Buffer.from(signer.raw));
  const extensions = certificate.subs[0]?.subs.find((one) => one.tag.isContextSpecific(3))?.subs[0]?.subs ?? [];
  const usage = extensions.find((one) => one.subs[0]?.toOID() === EXTENDED_KEY_USAGE);
  return usage?.subs[1]?.tag.isBoolean() === true && usage.subs[1].toBoolean();
}

function isNamed(signer: X509Certificate, { issuer, serial }: TimestampToken): boolean {
  const fields = ASN1Obj.parseBuffer(Buffer.from(signer.raw)).subs[0]!.subs;
  const names = fields.filter((one) => one.tag.toDER() === tags.sequence);
  return BigInt(`0x${signer.serialNumber}`) === serial && names[1] !== undefined && nameOf(names[1]) === nameOf(issuer);
}

/** Names are compared as RFC 5280 §7.1 asks: whatever the type of their strings, without regard to case and runs of spaces. */
const nameOf = (name: ASN1Obj): string =>
  JSON.stringify(
    name.subs.map(({ subs }) =>
      subs.map(({ subs: [type, value] }) => [
        type?.toOID(),
        value?.tag.isUniversal(),
        value?.value
          .toString('utf8')
          .trim()
          .replace(/\s+/g, ' ')
          .replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
      ]),
    ),
  );

const isSameNumber = (left: Buffer | undefined, right: Buffer): boolean =>
  left !== undefined && BigInt(`0x0${left.toString('hex')}`) === BigInt(`0x0${right.toString('hex')}`);
