// RFC 4648's base 32.

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function encodeBase32(source: Uint8Array): string {
  let [word, bits, text] = [0, 0, ''];
  for (const byte of source) {
    word = ((word << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(word >> (bits - 5)) & 31];
  }
  if (bits) text += BASE32[(word << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

export function decodeBase32(text: string): Uint8Array {
  const bytes: number[] = [];
  let [word, bits] = [0, 0];
  for (const letter of text.replace(/=+$/, '').toUpperCase()) {
    const value = BASE32.indexOf(letter);
    if (value < 0) throw new Error('Failed to decode invalid base32 string');
    word = ((word << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((word >> bits) & 255);
    }
  }
  return Uint8Array.from(bytes);
}
