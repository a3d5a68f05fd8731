import { X509Certificate } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';
import { der, derInteger, tags } from './der.ts';

export const oids = {
  signedData: '1.2.840.113549.1.7.2',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

const hashNames: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const SHA256_OID = Buffer.from('0609608648016503040201', 'hex');

/** An RFC 3161 response, taken apart and not yet judged. */
export type TimestampToken = {
  readonly hash: string;
  readonly imprint: Buffer;
  readonly nonce: Buffer | undefined;
  readonly at: Date;
  /** Bytes of the TSTInfo, and of the attributes that the signature covers. */
  readonly info: Buffer;
  readonly signedAttributes: Buffer;
  readonly contentType: string;
  readonly messageDigest: Buffer;
  readonly signerHash: string;
  readonly signature: Buffer;
  /** Issuer and serial number of the signer's certificate. */
  readonly issuer: ASN1Obj;
  readonly serial: bigint;
  /** ESSCertID: which certificate signed, by its digest. */
  readonly signerDigest: { readonly hash: string; readonly digest: Buffer };
  readonly certificates: readonly X509Certificate[];
};

/** RFC 3161 §2.4.1, with the certificates asked for. */
export function encodeTimestampRequest(sha256: Buffer, nonce: Buffer): Buffer {
  const algorithm = der(tags.sequence, SHA256_OID, der(tags.nothing));
  const imprint = der(tags.sequence, algorithm, der(tags.octets, sha256));
  return der(tags.sequence, derInteger(Buffer.of(1)), imprint, derInteger(nonce), der(tags.boolean, Buffer.of(0xff)));
}

/** Throws an Error that says what is wrong. */
export function parseTimestampResponse(bytes: Buffer): TimestampToken {
  const [status, token] = tagged(ASN1Obj.parseBuffer(Buffer.from(bytes)), tags.sequence).subs;
  const granted = tagged(status, tags.sequence).subs[0]?.toInteger();
  if (granted !== 0n && granted !== 1n) throw new Error(`the authority refused it (status ${granted})`);
  const [type, wrapped] = tagged(token, tags.sequence).subs;
  if (type?.toOID() !== oids.signedData) throw new Error('it holds no signed data');
  const signedData = tagged(tagged(wrapped, tags.context0).subs[0], tags.sequence);
  const [version, hashes, content] = signedData.subs;
  const [infoType, infoWrapped] = tagged(content, tags.sequence).subs;
  if (infoType?.toOID() !== oids.timestampInfo) throw new Error('what is signed is no time-stamp');
  const info = tagged(tagged(infoWrapped, tags.context0).subs[0], tags.octets).value;
  const signers = tagged(signedData.subs.at(-1), tags.set).subs;
  if (signers.length !== 1) throw new Error('it has not exactly one signer');
  const signer = parseSigner(tagged(signers[0], tags.sequence));
  const stated = tagged(hashes, tags.set).subs.map((one) => hashOf(tagged(one, tags.sequence)));
  if (part(version, undefined).toInteger() < 1n || !stated.includes(signer.signerHash))
    throw new Error('it does not state the hash of its signature');
  return { ...parseInfo(info), info, ...signer, certificates: readCertificates(signedData) };
}

function tagged(object: ASN1Obj | undefined, tag: number): ASN1Obj {
  if (object?.tag.toDER() !== tag) throw new Error('a part of it is not what it should be');
  return object;
}

function part(parent: ASN1Obj | undefined, index: number | undefined): ASN1Obj {
  const found = index === undefined ? parent : parent?.subs[index];
  if (found === undefined) throw new Error('a part of it is missing');
  return found;
}

function hashOf(algorithm: ASN1Obj): string {
  const name = hashNames[part(algorithm, 0).toOID()];
  if (algorithm.subs[1] !== undefined && algorithm.subs[1].tag.toDER() !== tags.nothing) throw new Error('its hash has parameters');
  if (name === undefined) throw new Error('it uses a hash that is not of the SHA-2 family');
  return name;
}

function parseInfo(bytes: Buffer): Pick<TimestampToken, 'hash' | 'imprint' | 'nonce' | 'at'> {
  const info = ASN1Obj.parseBuffer(Buffer.from(bytes));
  if (part(info, 0).toInteger() !== 1n) throw new Error('it is of another version');
  const imprint = part(info, 2);
  const nonce = info.subs.slice(5).find((one) => one.tag.isInteger())?.value;
  return { hash: hashOf(part(imprint, 0)), imprint: part(imprint, 1).value, nonce, at: part(info, 4).toDate() };
}

function parseSigner(signer: ASN1Obj): Omit<TimestampToken, 'hash' | 'imprint' | 'nonce' | 'at' | 'info' | 'certificates'> {
  const [version, id, algorithm, attributes, signatureAlgorithm, signature] = signer.subs;
  part(tagged(signatureAlgorithm, tags.sequence), 0).toOID();
  if (version === undefined || version.toInteger() < 1n) throw new Error('its signer is of another version');
  if (attributes?.tag.toDER() !== tags.context0) throw new Error('its signature covers no attributes');
  const attribute = (oid: string): ASN1Obj | undefined => {
    const own = attributes.subs.filter((one) => part(one, 0).toOID() === oid);
    if (own.length > 1) throw new Error('it has an attribute twice');
    return own[0]?.subs[1]?.subs[0];
  };
  return {
    signerHash: hashOf(tagged(algorithm, tags.sequence)),
    issuer: tagged(tagged(id, tags.sequence).subs[0], tags.sequence),
    serial: part(id, 1).toInteger(),
    signedAttributes: der(tags.set, attributes.value),
    contentType: part(attribute(oids.contentType), undefined).toOID(),
    messageDigest: part(attribute(oids.messageDigest), undefined).value,
    signerDigest: parseSignerDigest(attribute(oids.signingCertificateV2), attribute(oids.signingCertificate)),
    signature: tagged(signature, tags.octets).value,
  };
}

/** The first of the named certificates is the signer's (RFC 5816, RFC 2634). */
function parseSignerDigest(v2: ASN1Obj | undefined, v1: ASN1Obj | undefined): TimestampToken['signerDigest'] {
  const first = part(part(part(v2 ?? v1, 0), 0), undefined);
  if (v2 === undefined) return { hash: 'sha1', digest: part(first, 0).value };
  const hasAlgorithm = part(first, 0).subs.length > 0 && !part(first, 0).tag.isOctetString();
  return hasAlgorithm ? { hash: hashOf(part(first, 0)), digest: part(first, 1).value } : { hash: 'sha256', digest: part(first, 0).value };
}

function readCertificates(signedData: ASN1Obj): X509Certificate[] {
  const set = signedData.subs.slice(3, -1).find((one) => one.tag.isContextSpecific(0));
  return (set?.subs ?? []).map((one) => new X509Certificate(der(tags.sequence, tagged(one, tags.sequence).value)));
}
