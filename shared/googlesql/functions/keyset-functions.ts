import { castSql } from '../generate/cast-sql.ts';
import { BYTES, STRING } from '../types/sql-type.ts';
import { type Definition, defineFunctions } from './signature.ts';

/** Text and associated data are BYTES or both STRING. */
const ciphers = (names: { readonly encrypt: string; readonly decrypt: string }, udf: string): Record<string, Definition> => ({
  [`${names.encrypt}(BYTES, BYTES, BYTES) -> BYTES`]: `${udf}_encrypt($1, $2, $3, random())`,
  [`${names.encrypt}(BYTES, STRING, STRING) -> BYTES`]: ([keyset, text, associated]) =>
    `${udf}_encrypt(${keyset}, ${castSql(text!, STRING, BYTES)}, ${castSql(associated!, STRING, BYTES)}, random())`,
  [`${names.decrypt}_BYTES(BYTES, BYTES, BYTES) -> BYTES`]: `${udf}_decrypt_bytes($1, $2, $3)`,
  [`${names.decrypt}_STRING(BYTES, BYTES, STRING) -> STRING`]: ([keyset, sealed, associated]) =>
    `${udf}_decrypt_string(${keyset}, ${sealed}, ${castSql(associated!, STRING, BYTES)})`,
});

export const keysetFunctions = defineFunctions({
  'KEYS.NEW_KEYSET(STRING) -> BYTES': 'bq_new_keyset($1, random())',
  'KEYS.ROTATE_KEYSET(BYTES, STRING) -> BYTES': 'bq_rotate_keyset($1, $2, random())',
  'KEYS.ADD_KEY_FROM_RAW_BYTES(BYTES, STRING, BYTES) -> BYTES': 'bq_add_raw_key($1, $2, $3, random())',
  'KEYS.KEYSET_LENGTH(BYTES) -> INT64': 'bq_keyset_length($1)',
  'KEYS.KEYSET_TO_JSON(BYTES) -> STRING': 'bq_keyset_to_json($1)',
  'KEYS.KEYSET_FROM_JSON(STRING) -> BYTES': 'bq_keyset_from_json($1)',
  'KEYS.NEW_WRAPPED_KEYSET(STRING, STRING) -> BYTES': 'bq_wrap_keyset($1, bq_new_keyset($2, random()))',
  'KEYS.ROTATE_WRAPPED_KEYSET(STRING, BYTES, STRING) -> BYTES':
    'bq_wrap_keyset($1, bq_rotate_keyset(bq_unwrap_keyset($1, $2), $3, random()))',
  'KEYS.REWRAP_KEYSET(STRING, STRING, BYTES) -> BYTES': 'bq_wrap_keyset($2, bq_unwrap_keyset($1, $3))',
  'KEYS.KEYSET_CHAIN(STRING, BYTES) -> BYTES': 'bq_unwrap_keyset($1, $2)',
  ...ciphers({ encrypt: 'AEAD.ENCRYPT', decrypt: 'AEAD.DECRYPT' }, 'bq_aead'),
  ...ciphers({ encrypt: 'DETERMINISTIC_ENCRYPT', decrypt: 'DETERMINISTIC_DECRYPT' }, 'bq_deterministic'),
});
