import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';

/** C2SP signed-note § Signature types. A key that signs notes and one that cosigns checkpoints differ in their ids. */
export const signatureTypes = { note: 1, cosignature: 4 } as const;
export type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

/** ASN.1 around a raw Ed25519 seed or public key (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A public key with its name, as C2SP signed-note writes it: `NAME+KEYID+BASE64(0x01 ‖ key)`. */
export type VerifierKey = {
  readonly name: string /** 8 hex digits. */;
  readonly keyId: string;
  readonly publicKey: Buffer;
  readonly text: string;
};
export type SignerKey = VerifierKey & { readonly seed: Buffer; readonly privateKey: KeyObject };

/** C2SP signed-note § Signatures: first four bytes of SHA-256(name ‖ LF ‖ type ‖ key). */
function keyIdOf(name: string, publicKey: Buffer, type: SignatureType): string {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(publicKey).digest('hex').slice(0, 8);
}

export function toVerifierKey(name: string, publicKey: Buffer, type: SignatureType = signatureTypes.note): VerifierKey {
  const keyId = keyIdOf(name, publicKey, type);
  const text = `${name}+${keyId}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;
  return { name, keyId, publicKey, text };
}

export function toSignerKey(name: string, seed: Buffer, type: SignatureType = signatureTypes.note): SignerKey {
  if (!isKeyName(name)) throw new TypeError(`"${name}" cannot name a key: no spaces, no plus signs, not empty`);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  return { ...toVerifierKey(name, publicKey, type), seed, privateKey };
}

export function createSignerKey(name: string): SignerKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return toSignerKey(name, privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_PREFIX.length));
}

/** No spaces of any kind, whether JavaScript or Python counts them as such, and no plus signs. */
const NAME = String.raw`[^\s\x00-\x1f\x7f\x85+]+`;
const VERIFIER_KEY = new RegExp(`^(${NAME})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/]+=*)$`, 'u');

export const isKeyName = (name: string): boolean => new RegExp(`^${NAME}$`, 'u').test(name);

/** `undefined` unless name, id and key agree. */
export const parseVerifierKey = (text: string): VerifierKey | undefined => parseKey(text, signatureTypes.note);
/** The key of a witness, in the same form with another type. */
export const parseWitnessKey = (text: string): VerifierKey | undefined => parseKey(text, signatureTypes.cosignature);

function parseKey(text: string, type: SignatureType): VerifierKey | undefined {
  const [, name, keyId, base64] = VERIFIER_KEY.exec(text.trim()) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (name === undefined || bytes.length !== 33 || bytes[0] !== type || bytes.toString('base64') !== base64) return undefined;
  if (!isCanonicalPoint(bytes.subarray(1))) return undefined;
  const key = toVerifierKey(name, bytes.subarray(1), type);
  return key.keyId === keyId ? key : undefined;
}

const FIELD_PRIME = 2n ** 255n - 19n;

/** RFC 8032 §5.1.3: a point has one encoding. OpenSSL takes others too, and then one key would have several texts. */
function isCanonicalPoint(key: Uint8Array): boolean {
  const value = BigInt(`0x${Buffer.from(key).reverse().toString('hex')}`);
  const y = BigInt.asUintN(255, value);
  const isZeroX = y === 1n || y === FIELD_PRIME - 1n;
  return y < FIELD_PRIME && !(isZeroX && value !== y);
}

/** The secret form that Go's sumdb/note writes: `PRIVATE+KEY+NAME+KEYID+BASE64(0x01 ‖ seed)`. */
export function toSecretText(key: SignerKey): string {
  return `PRIVATE+KEY+${key.name}+${key.keyId}+${Buffer.concat([Buffer.of(signatureTypes.note), key.seed]).toString('base64')}`;
}

export function parseSecretText(text: string): SignerKey | undefined {
  const [, name, keyId, base64] = /^PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text.trim()) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (name === undefined || bytes.length !== 33 || bytes[0] !== signatureTypes.note) return undefined;
  const key = toSignerKey(name, bytes.subarray(1));
  return key.keyId === keyId ? key : undefined;
}

export const signBytes = (key: SignerKey, bytes: Uint8Array): Buffer => sign(null, bytes, key.privateKey);

export function isSignedBy(key: VerifierKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.publicKey]), format: 'der', type: 'spki' });
  return signature.length === 64 && verify(null, bytes, publicKey, signature);
}

/** What people compare by eye or telephone: SHA-256 of the raw public key in groups of four. */
export function fingerprintOf(key: VerifierKey): string {
  return createHash('sha256')
    .update(key.publicKey)
    .digest('hex')
    .slice(0, 32)
    .replace(/(.{4})(?=.)/g, '$1-');
}
