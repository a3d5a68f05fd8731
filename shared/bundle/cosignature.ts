import { isSignedBy, type SignerKey, signBytes, type VerifierKey } from './ed25519-key.ts';
import { type SignedNote, signatureLine } from './signed-note.ts';

/** What a witness says about a checkpoint: "at this time, the largest consistent tree I have seen". https://c2sp.org/tlog-cosignature (Ed25519) */
export type Cosignature = { readonly witness: string; readonly at: Date };

const SIGNATURE_BYTES = 72;
const MAX_SECONDS = 253_402_300_799n;

const signedMessage = (text: string, seconds: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/** The signature line that a witness answers with. `key` must be of type `signatureTypes.cosignature`. */
export function cosign(text: string, key: SignerKey, at: Date): string {
  const seconds = BigInt(Math.floor(at.getTime() / 1_000));
  const timestamp = Buffer.alloc(8);
  timestamp.writeBigUInt64BE(seconds);
  return signatureLine(key.name, key.keyId, Buffer.concat([timestamp, signBytes(key, signedMessage(text, seconds))]));
}

/** Whether the witness `key` cosigned: `absent` when no line claims to be its own, `invalid` when one is and does not verify. */
export function checkCosignature(note: SignedNote, key: VerifierKey): Cosignature | 'absent' | 'invalid' {
  const own = note.signatures.filter((signature) => signature.name === key.name && signature.keyId === key.keyId);
  if (own.length === 0) return 'absent';
  const seconds = own.map(({ signature }) => verifiedSeconds(note.text, signature, key));
  const valid = seconds.filter((second) => second !== undefined);
  if (valid.length < own.length) return 'invalid';
  const earliest = valid.reduce((left, right) => (left < right ? left : right));
  return { witness: key.name, at: new Date(Number(earliest) * 1_000) };
}

function verifiedSeconds(text: string, signature: Buffer, key: VerifierKey): bigint | undefined {
  if (signature.length !== SIGNATURE_BYTES) return undefined;
  const seconds = signature.readBigUInt64BE(0);
  if (seconds === 0n || seconds > MAX_SECONDS) return undefined;
  return isSignedBy(key, signedMessage(text, seconds), signature.subarray(8)) ? seconds : undefined;
}
