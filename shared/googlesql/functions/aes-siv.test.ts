import { describe, expect, it } from 'vitest';
import { decryptSiv, encryptSiv } from './aes-siv.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

describe('AES-SIV', () => {
  // RFC 5297, appendix A.1.
  const key = hex('fffefdfc fbfaf9f8 f7f6f5f4 f3f2f1f0 f0f1f2f3 f4f5f6f7 f8f9fafb fcfdfeff');
  const associated = hex('10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627');
  const text = hex('11223344 55667788 99aabbcc ddee');
  const sealed = hex('85632d07 c6e8f37f 950acd32 0a2ecc93 40c02b96 90c4dc04 daef7f6a fe5c');

  it('seals as the RFC does', () => expect(Buffer.from(encryptSiv(key, text, associated))).toEqual(Buffer.from(sealed)));
  it('opens what it sealed', () => expect(Buffer.from(decryptSiv(key, sealed, associated))).toEqual(Buffer.from(text)));
  it('refuses other associated data', () => expect(() => decryptSiv(key, sealed, text)).toThrow('decryption failed'));
});
