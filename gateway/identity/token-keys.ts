import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import * as z from 'zod';
import { syncDirectory } from '../durable/sync-directory.ts';

const jwkShape = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string().exactOptional() });
const entryShape = z.strictObject({
  jwk: jwkShape,
  /** Milliseconds since the epoch: published from the one, signing from the other. */
  madeAt: z.number(),
  signsFrom: z.number(),
});
const fileShape = z.strictObject({ keys: z.array(entryShape).min(1) });
type Entry = z.output<typeof entryShape>;

type Key = Omit<Entry, 'jwk'> & {
  readonly id: string;
  readonly jwk: Entry['jwk'];
  /** Undefined once another signs: what is not there cannot leak. */
  readonly privateKey: CryptoKey | undefined;
  readonly publicKey: CryptoKey;
};

export type TokenKeyLimits = {
  /** How long a key signs. */
  readonly rotateMs: number;
  /** How long a key is published before it signs, for those who keep the key set a while. */
  readonly leadMs: number;
  /** How long a token may live: until then a key that signs no more still verifies. */
  readonly tokenMs: number;
};

/**
 * The keys of the gateway's own tokens (Ed25519), oldest first. A new key is on the disk and published before it signs; the one before
 * verifies until its last token ended, and then is gone. A crash in between leaves either set, and both verify what was issued.
 */
export class TokenKeys {
  readonly #path: string;
  readonly #limits: TokenKeyLimits;
  readonly #now: () => number;
  #keys: readonly Key[] = [];
  #changing: Promise<void> = Promise.resolve();

  private constructor(path: string, limits: TokenKeyLimits, now: () => number) {
    this.#path = path;
    this.#limits = limits;
    this.#now = now;
  }

  static async open(dataDirectory: string, limits: TokenKeyLimits, now: () => number = Date.now): Promise<TokenKeys> {
    const keys = new TokenKeys(join(dataDirectory, 'token-signing-keys.json'), limits, now);
    const kept = await readEntries(keys.#path);
    if (kept !== undefined) keys.#keys = await Promise.all(kept.map(toKey));
    else await keys.#put((await readOnlyKey(dataDirectory)) ?? [await newEntry(now(), now())]);
    await rm(oldPath(dataDirectory), { force: true });
    return keys;
  }

  /** The key that signs now. Begins the next one's lead, and forgets what is over, when it is time. */
  async current(): Promise<{ readonly id: string; readonly privateKey: CryptoKey }> {
    if (this.#isDue() || this.#isStale()) await this.#inTurn(() => this.#maintain());
    const { id, privateKey } = this.#signing();
    return { id, privateKey: privateKey! };
  }

  /** Undefined when no token that it signed can be good any more. */
  find(id: string | undefined): CryptoKey | undefined {
    return this.#good().find((key) => key.id === id)?.publicKey;
  }

  /** RFC 7517: those that sign, will sign, and still verify. */
  toJwks(): { readonly keys: readonly JWK[] } {
    return { keys: this.#good().map(({ id, jwk: { kty, crv, x } }) => ({ kty, crv, x, kid: id, alg: 'Ed25519', use: 'sig' })) };
  }

  /** A new key, which signs after its lead. `endOld`: at once, and nothing that was signed before is good any more. */
  rotate({ endOld = false }: { readonly endOld?: boolean } = {}): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#now();
      await this.#put([...(endOld ? [] : this.#kept()), await newEntry(now, endOld ? now : now + this.#limits.leadMs)]);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#changing.then(work);
    this.#changing = turn.catch(() => undefined);
    return turn;
  }

  async #maintain(): Promise<void> {
    const now = this.#now();
    if (this.#isDue()) await this.#put([...this.#kept(), await newEntry(now, now + this.#limits.leadMs)]);
    else if (this.#isStale()) await this.#put(this.#kept());
  }

  #isDue(): boolean {
    const { rotateMs, leadMs } = this.#limits;
    return this.#now() >= this.#keys.at(-1)!.signsFrom + rotateMs - leadMs;
  }

  #isStale(): boolean {
    const signsAt = this.#keys.indexOf(this.#signing());
    return this.#good().length < this.#keys.length || this.#keys.slice(0, signsAt).some(({ privateKey }) => privateKey !== undefined);
  }

  /** The newest whose lead is over; after the clock was set back, the oldest that still can. */
  #signing(): Key {
    const now = this.#now();
    const able = this.#keys.filter(({ privateKey }) => privateKey !== undefined);
    return able.findLast(({ signsFrom }) => signsFrom <= now) ?? able[0]!;
  }

  /** What is still good; those that sign no more without their private part. */
  #kept(): readonly Entry[] {
    const signsAt = this.#keys.indexOf(this.#signing());
    const past = new Set(this.#keys.slice(0, signsAt));
    return this.#good().map((key) => {
      const { d: _, ...publicJwk } = key.jwk;
      return { ...key, jwk: past.has(key) ? publicJwk : key.jwk };
    });
  }

  /** A key is good until the tokens that it signed before its successor took over have ended. */
  #good(): readonly Key[] {
    const { tokenMs } = this.#limits;
    return this.#keys.filter((_, index) => {
      const successor = this.#keys[index + 1];
      return successor === undefined || successor.signsFrom + tokenMs > this.#now();
    });
  }

  async #put(entries: readonly Entry[]): Promise<void> {
    const keys = await Promise.all(entries.map(toKey));
    await writeWhole(this.#path, JSON.stringify({ keys: entries.map(({ jwk, madeAt, signsFrom }) => ({ jwk, madeAt, signsFrom })) }));
    this.#keys = keys;
  }
}

const oldPath = (dataDirectory: string): string => join(dataDirectory, 'token-signing-key.json');

/** Throws, naming the file, when it holds anything else: tokens must not end because of a slip. */
async function readEntries(path: string): Promise<Entry[] | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  try {
    return fileShape.parse(JSON.parse(text)).keys;
  } catch {
    throw new Error(`${path} holds no token keys: put back its backup, or remove it, and every token of this gateway ends.`);
  }
}

/** The file of gateways that had one key for ever. */
async function readOnlyKey(dataDirectory: string): Promise<Entry[] | undefined> {
  const text = await readText(oldPath(dataDirectory));
  return text === undefined ? undefined : [{ jwk: jwkShape.parse(JSON.parse(text)), madeAt: 0, signsFrom: 0 }];
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function newEntry(madeAt: number, signsFrom: number): Promise<Entry> {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  return { jwk: jwkShape.parse(await exportJWK(privateKey)), madeAt, signsFrom };
}

async function toKey(entry: Entry): Promise<Key> {
  const { kty, crv, x } = entry.jwk;
  return {
    ...entry,
    id: await calculateJwkThumbprint({ kty, crv, x }),
    privateKey: entry.jwk.d === undefined ? undefined : ((await importJWK(entry.jwk, 'Ed25519')) as CryptoKey),
    publicKey: (await importJWK({ kty, crv, x }, 'Ed25519')) as CryptoKey,
  };
}

/** Whole or not at all, and durable: a key signs only after it would survive a power loss. */
async function writeWhole(path: string, text: string): Promise<void> {
  const folder = join(path, '..');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncDirectory(folder);
}
