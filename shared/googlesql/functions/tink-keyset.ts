// Keysets as Tink serialises them (tink.proto): what KEYS.* and AEAD.* of BigQuery take and give.

export type KeyKind = 'AES_GCM' | 'AES_SIV';
export type TinkKey = { readonly id: number; readonly kind: KeyKind; readonly secret: Uint8Array; readonly isRaw: boolean };
export type Keyset = { readonly primaryId: number; readonly keys: readonly TinkKey[] };

const TYPE_URLS: Readonly<Record<KeyKind, string>> = {
  AES_GCM: 'type.googleapis.com/google.crypto.tink.AesGcmKey',
  AES_SIV: 'type.googleapis.com/google.crypto.tink.AesSivKey',
};
/** The field of the key's own message that holds its bytes. */
const SECRET_FIELDS: Readonly<Record<KeyKind, number>> = { AES_GCM: 3, AES_SIV: 2 };
const ENABLED = 1;
const SYMMETRIC = 1;
const TINK_PREFIX = 1;
const RAW_PREFIX = 3;

function fail(): never {
  throw new Error('Invalid keyset');
}

// Protocol buffers, as far as keysets need them: varints (0) and bytes (2).

type Field = readonly [number: number, value: number | Uint8Array];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function encode(fields: readonly Field[]): Uint8Array {
  const bytes = fields.flatMap(([number, value]) =>
    typeof value === 'number' ? [number << 3, ...varint(value)] : [(number << 3) | 2, ...varint(value.length), ...value],
  );
  return Uint8Array.from(bytes);
}

function decode(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const read = (): number => {
    let [value, unit] = [0, 1];
    for (;;) {
      const byte = bytes[at++] ?? fail();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = read();
    if ((tag & 7) === 0) fields.push([tag >> 3, read()]);
    else if ((tag & 7) === 2) {
      const length = read();
      if (at + length > bytes.length) fail();
      fields.push([tag >> 3, bytes.slice(at, at + length)]);
      at += length;
    } else fail();
  }
  return fields;
}

const numberAt = (fields: readonly Field[], number: number): number => {
  const value = fields.find(([n]) => n === number)?.[1] ?? 0;
  return typeof value === 'number' ? value : fail();
};
const bytesAt = (fields: readonly Field[], number: number): Uint8Array => {
  const value = fields.find(([n]) => n === number)?.[1];
  return value instanceof Uint8Array ? value : fail();
};

function encodeKey({ id, kind, secret, isRaw }: TinkKey): Uint8Array {
  const data = encode([
    [1, new TextEncoder().encode(TYPE_URLS[kind])],
    [2, encode([[SECRET_FIELDS[kind], secret]])],
    [3, SYMMETRIC],
  ]);
  return encode([
    [1, data],
    [2, ENABLED],
    [3, id],
    [4, isRaw ? RAW_PREFIX : TINK_PREFIX],
  ]);
}

export const encodeKeyset = ({ primaryId, keys }: Keyset): Uint8Array =>
  encode([[1, primaryId], ...keys.map((key): Field => [2, encodeKey(key)])]);

function decodeKey(bytes: Uint8Array): TinkKey {
  const fields = decode(bytes);
  const data = decode(bytesAt(fields, 1));
  const url = new TextDecoder().decode(bytesAt(data, 1));
  return toKey(url, bytesAt(data, 2), numberAt(fields, 3), numberAt(fields, 4) === RAW_PREFIX);
}

function toKey(url: string, value: Uint8Array, id: number, isRaw: boolean): TinkKey {
  const kind = (Object.keys(TYPE_URLS) as KeyKind[]).find((name) => TYPE_URLS[name] === url);
  if (!kind) throw new Error(`Keys of type ${url} are not supported`);
  return { id, kind, secret: bytesAt(decode(value), SECRET_FIELDS[kind]), isRaw };
}

/** Throws for bytes that are no keyset. */
export function decodeKeyset(bytes: Uint8Array): Keyset {
  const fields = decode(bytes);
  const keys = fields.flatMap(([number, value]) => (number === 2 && value instanceof Uint8Array ? [decodeKey(value)] : []));
  const primaryId = numberAt(fields, 1);
  return keys.some(({ id }) => id === primaryId) ? { primaryId, keys } : fail();
}

type KeysetJson = {
  readonly primaryKeyId: number;
  readonly key: readonly {
    readonly keyData: { readonly typeUrl: string; readonly value: string };
    readonly keyId: number;
    readonly outputPrefixType?: string;
  }[];
};

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Tink's JSON of a keyset, members sorted. */
export const keysetToJson = ({ primaryId, keys }: Keyset): string =>
  JSON.stringify({
    key: keys.map(({ id, kind, secret, isRaw }) => ({
      keyData: { keyMaterialType: 'SYMMETRIC', typeUrl: TYPE_URLS[kind], value: toBase64(encode([[SECRET_FIELDS[kind], secret]])) },
      keyId: id,
      outputPrefixType: isRaw ? 'RAW' : 'TINK',
      status: 'ENABLED',
    })),
    primaryKeyId: primaryId,
  });

export function keysetFromJson(text: string): Keyset {
  try {
    const { primaryKeyId, key } = JSON.parse(text) as KeysetJson;
    const keys = key.map(({ keyData, keyId, outputPrefixType }) =>
      toKey(keyData.typeUrl, fromBase64(keyData.value), keyId, outputPrefixType === 'RAW'),
    );
    return { primaryId: primaryKeyId, keys };
  } catch (error) {
    throw new Error(`Invalid keyset JSON: ${(error as Error).message}`);
  }
}
