import { defineFunctions } from './signature.ts';

export const hashFunctions = defineFunctions({
  'MD5(STRING) -> BYTES': 'unhex(md5($1))',
  'MD5(BYTES) -> BYTES': 'unhex(md5($1))',
  'SHA1(STRING) -> BYTES': 'unhex(sha1($1))',
  'SHA1(BYTES) -> BYTES': 'unhex(sha1($1))',
  'SHA256(STRING) -> BYTES': 'unhex(sha256($1))',
  'SHA256(BYTES) -> BYTES': 'unhex(sha256($1))',
  'SHA512(STRING) -> BYTES': 'bq_sha512(encode($1))',
  'SHA512(BYTES) -> BYTES': 'bq_sha512($1)',
  'FARM_FINGERPRINT(STRING) -> INT64': 'bq_farm_fingerprint(encode($1))',
  'FARM_FINGERPRINT(BYTES) -> INT64': 'bq_farm_fingerprint($1)',
});
