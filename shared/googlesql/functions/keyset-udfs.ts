import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomInt } from 'node:crypto';
import { decryptSiv, encryptSiv } from './aes-siv.ts';
import type { ScalarUdf } from './scalar-udf.ts';
import { decodeKeyset, encodeKeyset, type KeyKind, type Keyset, keysetFromJson, keysetToJson, type TinkKey } from './tink-keyset.ts';

// KEYS.* and AEAD.*: Tink's keysets and ciphertexts. What makes a key or a nonce gets a random number as its last argument, so that DuckDB computes it
// for each row.

function fail(message: string): never {
  throw new Error(message);
}

const KEY_TYPES: Readonly<Record<string, { readonly kind: KeyKind; readonly size: number }>> = {
  AEAD_AES_GCM_256: { kind: 'AES_GCM', size: 32 },
  DETERMINISTIC_AEAD_AES_SIV_CMAC_256: { kind: 'AES_SIV', size: 64 },
};

function newKey(type: string): TinkKey {
  const { kind, size } = KEY_TYPES[type] ?? fail(`Unsupported key type: ${type}`);
  return { id: randomInt(1, 2 ** 32 - 1), kind, secret: randomBytes(size), isRaw: false };
}

const newKeyset = (type: string): Uint8Array => {
  const key = newKey(type);
  return encodeKeyset({ primaryId: key.id, keys: [key] });
};

function rotated(bytes: Uint8Array, type: string): Uint8Array {
  const { keys } = decodeKeyset(bytes);
  const key = newKey(type);
  return encodeKeyset({ primaryId: key.id, keys: [...keys, key] });
}

function withRawKey(bytes: Uint8Array, type: string, secret: Uint8Array): Uint8Array {
  if (type !== 'AES_GCM') fail(`Unsupported key type: ${type}`);
  if (secret.length !== 16 && secret.length !== 32) fail(`Invalid key length: ${secret.length}`);
  const { primaryId, keys } = decodeKeyset(bytes);
  return encodeKeyset({ primaryId, keys: [...keys, { id: randomInt(1, 2 ** 32 - 1), kind: 'AES_GCM', secret, isRaw: true }] });
}

const primaryOf = ({ primaryId, keys }: Keyset): TinkKey => keys.find(({ id }) => id === primaryId)!;

/** The byte 1 and the key's number before a ciphertext; nothing for a raw key. */
function prefixOf({ id, isRaw }: TinkKey): Uint8Array {
  if (isRaw) return new Uint8Array();
  const prefix = Buffer.alloc(5);
  prefix[0] = 1;
  prefix.writeUInt32BE(id, 1);
  return prefix;
}

const NONCE = 12;
const TAG = 16;

function sealGcm({ secret }: TinkKey, text: Uint8Array, associated: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(`aes-${secret.length === 16 ? 128 : 256}-gcm`, secret, nonce).setAAD(associated);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function openGcm({ secret }: TinkKey, sealed: Uint8Array, associated: Uint8Array): Uint8Array {
  if (sealed.length < NONCE + TAG) fail('ciphertext too short');
  const decipher = createDecipheriv(`aes-${secret.length === 16 ? 128 : 256}-gcm`, secret, sealed.subarray(0, NONCE));
  decipher.setAAD(associated).setAuthTag(sealed.subarray(-TAG));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
}

const seal = (key: TinkKey, text: Uint8Array, associated: Uint8Array): Uint8Array =>
  key.kind === 'AES_GCM' ? sealGcm(key, text, associated) : encryptSiv(key.secret, text, associated);
const open = (key: TinkKey, sealed: Uint8Array, associated: Uint8Array): Uint8Array =>
  key.kind === 'AES_GCM' ? openGcm(key, sealed, associated) : decryptSiv(key.secret, sealed, associated);

function encrypt(kind: KeyKind, name: string) {
  return (keyset: Uint8Array, text: Uint8Array, associated: Uint8Array): Uint8Array => {
    const key = primaryOf(decodeKeyset(keyset));
    if (key.kind !== kind) fail(`${name} failed: the keyset's primary key is of another kind`);
    return Buffer.concat([prefixOf(key), seal(key, text, associated)]);
  };
}

/** Every key whose prefix the ciphertext has is tried. */
function decrypt(kind: KeyKind, name: string) {
  return (keyset: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array => {
    for (const key of decodeKeyset(keyset).keys.filter((each) => each.kind === kind)) {
      const prefix = prefixOf(key);
      if (!prefix.every((byte, i) => sealed[i] === byte)) continue;
      try {
        return open(key, sealed.subarray(prefix.length), associated);
      } catch {}
    }
    return fail(`${name} failed: decryption failed`);
  };
}

/**
 * The sandbox's own stand-in for Cloud KMS: one key for each resource name. What the real one wrapped does not open here, and the other way round.
 */
const kmsKey = (resource: string): TinkKey => ({
  id: 0,
  kind: 'AES_GCM',
  secret: createHmac('sha256', 'sandbox kms')
    .update(resource.replace(/^gcp-kms:\/\//, ''))
    .digest(),
  isRaw: true,
});

const NO_DATA = new Uint8Array();
const wrap = (resource: string, keyset: Uint8Array): Uint8Array => sealGcm(kmsKey(resource), keyset, NO_DATA);

function unwrap(resource: string, wrapped: Uint8Array): Uint8Array {
  try {
    return openGcm(kmsKey(resource), wrapped, NO_DATA);
  } catch {
    return fail(`Unable to unwrap the keyset with ${resource}: it was not wrapped by this sandbox`);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const BLOBS = ['BLOB', 'BLOB', 'BLOB'] as const;

const cipherUdfs = (prefix: string, kind: KeyKind, name: string): ScalarUdf[] => {
  const opens = decrypt(kind, name);
  return [
    { name: `${prefix}_encrypt`, parameters: [...BLOBS, 'DOUBLE'], returns: 'BLOB', call: encrypt(kind, name) },
    { name: `${prefix}_decrypt_bytes`, parameters: BLOBS, returns: 'BLOB', call: opens },
    {
      name: `${prefix}_decrypt_string`,
      parameters: BLOBS,
      returns: 'VARCHAR',
      call: (keyset: Uint8Array, sealed: Uint8Array, associated: Uint8Array) => decoder.decode(opens(keyset, sealed, associated)),
    },
  ];
};

export const keysetUdfs: readonly ScalarUdf[] = [
  { name: 'bq_new_keyset', parameters: ['VARCHAR', 'DOUBLE'], returns: 'BLOB', call: newKeyset },
  { name: 'bq_rotate_keyset', parameters: ['BLOB', 'VARCHAR', 'DOUBLE'], returns: 'BLOB', call: rotated },
  { name: 'bq_add_raw_key', parameters: ['BLOB', 'VARCHAR', 'BLOB', 'DOUBLE'], returns: 'BLOB', call: withRawKey },
  {
    name: 'bq_keyset_length',
    parameters: ['BLOB'],
    returns: 'BIGINT',
    call: (keyset: Uint8Array) => BigInt(decodeKeyset(keyset).keys.length),
  },
  { name: 'bq_keyset_to_json', parameters: ['BLOB'], returns: 'VARCHAR', call: (keyset: Uint8Array) => keysetToJson(decodeKeyset(keyset)) },
  { name: 'bq_keyset_from_json', parameters: ['VARCHAR'], returns: 'BLOB', call: (text: string) => encodeKeyset(keysetFromJson(text)) },
  { name: 'bq_wrap_keyset', parameters: ['VARCHAR', 'BLOB'], returns: 'BLOB', call: wrap },
  { name: 'bq_unwrap_keyset', parameters: ['VARCHAR', 'BLOB'], returns: 'BLOB', call: unwrap },
  ...cipherUdfs('bq_aead', 'AES_GCM', 'AEAD'),
  ...cipherUdfs('bq_deterministic', 'AES_SIV', 'DETERMINISTIC AEAD'),
];
