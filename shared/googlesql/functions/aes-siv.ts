// AES-SIV (RFC 5297) with one piece of associated data, as Tink's deterministic encryption has it: S2V over AES-CMAC, then AES-CTR.
import { createCipheriv, timingSafeEqual } from 'node:crypto';

const BLOCK = 16;

const cipherName = (key: Uint8Array, mode: 'ecb' | 'ctr'): string => `aes-${key.length * 8}-${mode}`;

function encryptBlock(key: Uint8Array, block: Uint8Array): Buffer {
  const cipher = createCipheriv(cipherName(key, 'ecb'), key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

const xor = (a: Uint8Array, b: Uint8Array): Buffer => Buffer.from(a.map((byte, i) => byte ^ b[i]!));

/** Times x in GF(2^128). */
function doubled(block: Uint8Array): Buffer {
  const result = Buffer.from(block.map((byte, i) => ((byte << 1) | ((block[i + 1] ?? 0) >> 7)) & 255));
  if (block[0]! & 128) result[BLOCK - 1]! ^= 0x87;
  return result;
}

const padded = (bytes: Uint8Array): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.set(bytes);
  block[bytes.length] = 0x80;
  return block;
};

/** RFC 4493. */
function cmac(key: Uint8Array, message: Uint8Array): Buffer {
  const first = doubled(encryptBlock(key, Buffer.alloc(BLOCK)));
  const count = Math.max(1, Math.ceil(message.length / BLOCK));
  const tail = message.subarray((count - 1) * BLOCK);
  const last = tail.length === BLOCK ? xor(tail, first) : xor(padded(tail), doubled(first));
  let state: Buffer = Buffer.alloc(BLOCK);
  for (let i = 0; i < count - 1; i++) state = encryptBlock(key, xor(state, message.subarray(i * BLOCK, (i + 1) * BLOCK)));
  return encryptBlock(key, xor(state, last));
}

function synthesise(key: Uint8Array, text: Uint8Array, associated: Uint8Array): Buffer {
  const start = cmac(key, Buffer.alloc(BLOCK));
  const state = xor(doubled(start), cmac(key, associated));
  if (text.length < BLOCK) return cmac(key, xor(doubled(state), padded(text)));
  const end = text.length - BLOCK;
  return cmac(key, Buffer.concat([text.subarray(0, end), xor(text.subarray(end), state)]));
}

function counted(key: Uint8Array, vector: Uint8Array, text: Uint8Array): Buffer {
  const counter = Buffer.from(vector);
  counter[8]! &= 0x7f;
  counter[12]! &= 0x7f;
  const cipher = createCipheriv(cipherName(key, 'ctr'), key, counter);
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

const halves = (key: Uint8Array): readonly [Uint8Array, Uint8Array] => [key.subarray(0, key.length / 2), key.subarray(key.length / 2)];

export function encryptSiv(key: Uint8Array, text: Uint8Array, associated: Uint8Array): Uint8Array {
  const [macKey, encryptionKey] = halves(key);
  const vector = synthesise(macKey, text, associated);
  return Buffer.concat([vector, counted(encryptionKey, vector, text)]);
}

/** Throws when the ciphertext was made with another key or other associated data. */
export function decryptSiv(key: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array {
  if (sealed.length < BLOCK) throw new Error('ciphertext too short');
  const [macKey, encryptionKey] = halves(key);
  const vector = sealed.subarray(0, BLOCK);
  const text = counted(encryptionKey, vector, sealed.subarray(BLOCK));
  if (!timingSafeEqual(synthesise(macKey, text, associated), vector)) throw new Error('decryption failed');
  return text;
}
