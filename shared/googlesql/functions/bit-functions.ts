import { errorSql } from '../generate/cast-sql.ts';
import { defineFunctions } from './signature.ts';

export const bitFunctions = defineFunctions({
  'BIT_CAST_TO_INT64(INT64) -> INT64': '$1',
  'BIT_CAST_TO_UINT64(INT64) -> INT64': ([value]) =>
    `CASE WHEN ${value} < 0 THEN ${errorSql(`'There is no UINT64: BIT_CAST_TO_UINT64 of a negative number'`, { kind: 'INT64' })} ELSE ${value} END`,
  'BIT_COUNT(INT64) -> INT64': 'CAST(bit_count($1) AS BIGINT)',
  'BIT_COUNT(BYTES) -> INT64': 'bq_bit_count_bytes($1)',
  'BIT_COUNT(STRING) -> INT64': 'bq_bit_count_bytes(encode($1))',
});
