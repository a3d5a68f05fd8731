import { isSignedBy, type SignerKey, signBytes, type VerifierKey } from './ed25519-key.ts';
import { DSSE_PAYLOAD_TYPE, type Envelope } from './format.ts';

/** DSSE's pre-authentication encoding: what the signature covers. https://github.com/secure-systems-lab/dsse */
function preAuthEncoding(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

/** The key id is the whole verifier key: a hint for finding it, never a reason to trust it. */
export function signEnvelope(payload: Buffer, key: SignerKey): Envelope {
  const sig = signBytes(key, preAuthEncoding(DSSE_PAYLOAD_TYPE, payload)).toString('base64');
  return { payloadType: DSSE_PAYLOAD_TYPE, payload: payload.toString('base64'), signatures: [{ keyid: key.text, sig }] };
}

export function isEnvelopeSignedBy(envelope: Envelope, key: VerifierKey): boolean {
  const signed = preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  return envelope.signatures.some(({ keyid, sig }) => keyid === key.text && isSignedBy(key, signed, Buffer.from(sig, 'base64')));
}
