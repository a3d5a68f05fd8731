import type { ScalarUdf } from './scalar-udf.ts';

const MASK = (1n << 64n) - 1n;
const u64 = (n: bigint): bigint => n & MASK;

// SHA-512 (FIPS 180-4). The constants are the first 64 bits of the fractions of roots of the first primes.

function integerRoot(n: bigint, degree: bigint): bigint {
  let [low, high] = [0n, 1n << (BigInt(n.toString(2).length) / degree + 1n)];
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= n) low = middle;
    else high = middle - 1n;
  }
  return low;
}

function firstPrimes(count: number): bigint[] {
  const primes: bigint[] = [];
  for (let n = 2n; primes.length < count; n++) if (primes.every((p) => n % p !== 0n)) primes.push(n);
  return primes;
}

const constants = (() => {
  let made: { readonly rounds: bigint[]; readonly start: bigint[] } | undefined;
  return () => {
    made ??= {
      rounds: firstPrimes(80).map((p) => u64(integerRoot(p << 192n, 3n))),
      start: firstPrimes(8).map((p) => u64(integerRoot(p << 128n, 2n))),
    };
    return made;
  };
})();

const rotateRight = (n: bigint, by: bigint): bigint => u64((n >> by) | (n << (64n - by)));

function sha512(message: Uint8Array): Uint8Array {
  const { rounds, start } = constants();
  const padded = new Uint8Array(Math.ceil((message.length + 17) / 128) * 128);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  let state = start;
  for (let at = 0; at < padded.length; at += 128) state = sha512Block(view, at, state, rounds);
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => {
    digest.setBigUint64(i * 8, word);
  });
  return new Uint8Array(digest.buffer);
}

function sha512Block(view: DataView, at: number, state: readonly bigint[], rounds: readonly bigint[]): bigint[] {
  const words = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + i * 8));
  for (let i = 16; i < 80; i++) {
    const [x, y] = [words[i - 15]!, words[i - 2]!];
    const s0 = rotateRight(x, 1n) ^ rotateRight(x, 8n) ^ (x >> 7n);
    const s1 = rotateRight(y, 19n) ^ rotateRight(y, 61n) ^ (y >> 6n);
    words.push(u64(words[i - 16]! + s0 + words[i - 7]! + s1));
  }
  let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  for (let i = 0; i < 80; i++) {
    const s1 = rotateRight(e, 14n) ^ rotateRight(e, 18n) ^ rotateRight(e, 41n);
    const first = h + s1 + ((e & f) ^ (~e & MASK & g)) + rounds[i]! + words[i]!;
    const s0 = rotateRight(a, 28n) ^ rotateRight(a, 34n) ^ rotateRight(a, 39n);
    const second = s0 + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [u64(first + second), a, b, c, u64(d + first), e, f, g];
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => u64(word + state[i]!));
}

// FarmHash Fingerprint64 (google/farmhash, farmhashna::Hash64).

const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const shiftMix = (n: bigint): bigint => n ^ (n >> 47n);

function hash16(u: bigint, v: bigint, mul: bigint): bigint {
  const a = shiftMix(u64((u ^ v) * mul));
  return u64(shiftMix(u64((v ^ a) * mul)) * mul);
}

type Pair = readonly [bigint, bigint];

class Farm {
  readonly #view: DataView;
  readonly #length: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#length = bytes.length;
  }

  hash(): bigint {
    if (this.#length <= 16) return this.#to16();
    if (this.#length <= 32) return this.#to32();
    return this.#length <= 64 ? this.#to64() : this.#long();
  }

  #fetch(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }

  get #mul(): bigint {
    return u64(K2 + BigInt(this.#length) * 2n);
  }

  #to16(): bigint {
    const n = this.#length;
    if (n >= 8) {
      const a = u64(this.#fetch(0) + K2);
      const b = this.#fetch(n - 8);
      return hash16(u64(rotateRight(b, 37n) * this.#mul + a), u64((rotateRight(a, 25n) + b) * this.#mul), this.#mul);
    }
    if (n >= 4)
      return hash16(BigInt(n) + (BigInt(this.#view.getUint32(0, true)) << 3n), BigInt(this.#view.getUint32(n - 4, true)), this.#mul);
    if (n === 0) return K2;
    const y = BigInt(this.#bytes[0]!) + (BigInt(this.#bytes[n >> 1]!) << 8n);
    const z = BigInt(n) + (BigInt(this.#bytes[n - 1]!) << 2n);
    return u64(shiftMix(u64(y * K2) ^ u64(z * K0)) * K2);
  }

  #to32(): bigint {
    const n = this.#length;
    const a = u64(this.#fetch(0) * K1);
    const b = this.#fetch(8);
    const c = u64(this.#fetch(n - 8) * this.#mul);
    const d = u64(this.#fetch(n - 16) * K2);
    return hash16(u64(rotateRight(u64(a + b), 43n) + rotateRight(c, 30n) + d), u64(a + rotateRight(u64(b + K2), 18n) + c), this.#mul);
  }

  #to64(): bigint {
    const n = this.#length;
    const mul = this.#mul;
    const a = u64(this.#fetch(0) * K2);
    const b = this.#fetch(8);
    const c = u64(this.#fetch(n - 8) * mul);
    const d = u64(this.#fetch(n - 16) * K2);
    const y = u64(rotateRight(u64(a + b), 43n) + rotateRight(c, 30n) + d);
    const z = hash16(y, u64(a + rotateRight(u64(b + K2), 18n) + c), mul);
    const e = u64(this.#fetch(16) * mul);
    const f = this.#fetch(24);
    const g = u64((y + this.#fetch(n - 32)) * mul);
    const h = u64((z + this.#fetch(n - 24)) * mul);
    return hash16(u64(rotateRight(u64(e + f), 43n) + rotateRight(g, 30n) + h), u64(e + rotateRight(u64(f + a), 18n) + g), mul);
  }

  #weak(at: number, a0: bigint, b0: bigint): Pair {
    const z = this.#fetch(at + 24);
    const a = u64(a0 + this.#fetch(at));
    const b = rotateRight(u64(b0 + a + z), 21n);
    const next = u64(a + this.#fetch(at + 8) + this.#fetch(at + 16));
    return [u64(next + z), u64(b + rotateRight(next, 44n) + a)];
  }

  #long(): bigint {
    const n = this.#length;
    let y = u64(81n * K1 + 113n);
    let z = u64(shiftMix(u64(y * K2 + 113n)) * K2);
    let v: Pair = [0n, 0n];
    let w: Pair = [0n, 0n];
    let x = u64(81n * K2 + this.#fetch(0));
    const end = Math.floor((n - 1) / 64) * 64;
    const round = (at: number, mul: bigint, times: bigint): void => {
      x = u64(rotateRight(u64(x + y + v[0] + this.#fetch(at + 8)), 37n) * mul);
      y = u64(rotateRight(u64(y + v[1] + this.#fetch(at + 48)), 42n) * mul);
      x ^= u64(w[1] * times);
      y = u64(y + v[0] * times + this.#fetch(at + 40));
      z = u64(rotateRight(u64(z + w[0]), 33n) * mul);
      v = this.#weak(at, u64(v[1] * mul), u64(x + w[0]));
      w = this.#weak(at + 32, u64(z + w[1]), u64(y + this.#fetch(at + 16)));
      [z, x] = [x, z];
    };
    for (let at = 0; at !== end; at += 64) round(at, K1, 1n);
    const mul = u64(K1 + ((z & 0xffn) << 1n));
    w = [u64(w[0] + BigInt((n - 1) & 63)), w[1]];
    v = [u64(v[0] + w[0]), v[1]];
    w = [u64(w[0] + v[0]), w[1]];
    round(end + ((n - 1) & 63) - 63, mul, 9n);
    return hash16(u64(hash16(v[0], w[0], mul) + shiftMix(y) * K0 + z), u64(hash16(v[1], w[1], mul) + x), mul);
  }
}

export const hashUdfs: readonly ScalarUdf[] = [
  { name: 'bq_sha512', parameters: ['BLOB'], returns: 'BLOB', call: sha512 },
  { name: 'bq_farm_fingerprint', parameters: ['BLOB'], returns: 'BIGINT', call: (b: Uint8Array) => BigInt.asIntN(64, new Farm(b).hash()) },
];
