import { defineFunctions } from './signature.ts';

export const bitFunctions = defineFunctions({
  'BIT_COUNT(INT64) -> INT64': 'CAST(bit_count($1) AS BIGINT)',
  'BIT_COUNT(BYTES) -> INT64': 'bq_bit_count_bytes($1)',
});
