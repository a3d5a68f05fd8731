import { defineFunctions } from './signature.ts';

export const conversionFunctions = defineFunctions({
  'PARSE_NUMERIC(STRING) -> NUMERIC': 'bq_parse_numeric(bq_clean_number($1))',
  'PARSE_BIGNUMERIC(STRING) -> BIGNUMERIC': 'bq_parse_bignumeric(bq_clean_number($1))',
});
