import { defineFunctions } from './signature.ts';

export const netFunctions = defineFunctions({
  'NET.IP_FROM_STRING(STRING) -> BYTES': 'bq_ip_from_string($1)',
  'NET.SAFE_IP_FROM_STRING(STRING) -> BYTES': 'TRY(bq_ip_from_string($1))',
  'NET.IP_TO_STRING(BYTES) -> STRING': 'bq_ip_to_string($1)',
  'NET.IP_NET_MASK(INT64, INT64) -> BYTES': 'bq_ip_net_mask($1, $2)',
  'NET.IP_TRUNC(BYTES, INT64) -> BYTES': 'bq_ip_trunc($1, $2)',
  'NET.IP_IN_NET(STRING, STRING) -> BOOL': 'bq_ip_in_net($1, $2)',
  'NET.MAKE_NET(STRING, INT64) -> STRING': 'bq_make_net($1, $2)',
  'NET.IPV4_FROM_INT64(INT64) -> BYTES': 'bq_ipv4_from_int($1)',
  'NET.IPV4_TO_INT64(BYTES) -> INT64': 'bq_ipv4_to_int($1)',
  'NET.PARSE_IP(STRING) -> INT64': 'bq_ipv4_to_int(bq_ip_from_string($1))',
  'NET.FORMAT_IP(INT64) -> STRING': 'bq_ip_to_string(bq_ipv4_from_int($1))',
  'NET.PARSE_PACKED_IP(STRING) -> BYTES': 'bq_ip_from_string($1)',
  'NET.FORMAT_PACKED_IP(BYTES) -> STRING': 'bq_ip_to_string($1)',
  'NET.HOST(STRING) -> STRING': 'bq_net_host($1)',
  'NET.PUBLIC_SUFFIX(STRING) -> STRING': 'bq_net_public_suffix($1)',
  'NET.REG_DOMAIN(STRING) -> STRING': 'bq_net_reg_domain($1)',
});
