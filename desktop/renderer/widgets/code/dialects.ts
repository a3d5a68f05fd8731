import { PostgreSQL, SQLDialect } from '@codemirror/lang-sql';

const BIGQUERY_KEYWORDS =
  'all and any array as asc assert at batch begin between break by call case cast clone cluster collate column commit constraint contains continue copy create cross cube current data database declare default define delete desc describe distinct do drop else elseif end enum escape except exception exclude execute exists export extend external extract false fetch filter following for foreign from full function grant group grouping groups hash having if ignore immediate in index inner insert intersect interval into is iterate join key language lateral leave left like limit load lookup loop match materialized merge model natural new no not null nulls of offset on option options or order ordinality outer over overwrite partition partitions pivot policy preceding primary procedure project proto public qualify raise range recursive references rename repeat replace respect return returns revoke right rollback rollup row rows safe schema search select set sets show snapshot some source struct system_time table tablesample target temp temporary then to transaction treat true truncate unbounded undrop union unique unnest unpivot until update using values view vector when where while window with within without';

const BIGQUERY_TYPES =
  'array bigdecimal bignumeric bool boolean byteint bytes date datetime decimal float64 geography int int64 integer interval json numeric range smallint string struct time timestamp tinyint bigint';

const BIGQUERY_FUNCTIONS =
  'abs any_value approx_count_distinct approx_quantiles approx_top_count approx_top_sum array_agg array_concat array_length array_reverse array_to_string avg bit_and bit_count bit_or bit_xor byte_length ceil char_length chr coalesce concat corr count countif covar_pop covar_samp cume_dist current_date current_datetime current_time current_timestamp date_add date_diff date_sub date_trunc datetime_add datetime_diff datetime_sub datetime_trunc dense_rank div ends_with error exp external_query farm_fingerprint first_value floor format format_date format_datetime format_time format_timestamp from_base64 from_hex generate_array generate_date_array generate_timestamp_array generate_uuid greatest hll_count ieee_divide ifnull initcap instr is_inf is_nan json_extract json_extract_array json_extract_scalar json_query json_query_array json_value json_value_array lag last_day last_value lead least left length ln log log10 logical_and logical_or lower lpad ltrim max md5 min mod net nth_value ntile nullif ntile parse_bignumeric parse_date parse_datetime parse_json parse_numeric parse_time parse_timestamp percent_rank percentile_cont percentile_disc pow rand range_bucket rank regexp_contains regexp_extract regexp_extract_all regexp_instr regexp_replace regexp_substr repeat replace reverse right round row_number rpad rtrim safe_add safe_cast safe_convert_bytes_to_string safe_divide safe_multiply safe_negate safe_offset safe_ordinal safe_subtract session_user sha1 sha256 sha512 sign soundex split sqrt starts_with st_area st_asgeojson st_astext st_contains st_distance st_dwithin st_geogfromtext st_geogpoint st_intersects stddev stddev_pop stddev_samp string_agg strpos substr substring sum timestamp_add timestamp_diff timestamp_micros timestamp_millis timestamp_seconds timestamp_sub timestamp_trunc to_base64 to_hex to_json to_json_string translate trim trunc unicode unix_micros unix_millis unix_seconds upper var_pop var_samp variance';

/** GoogleSQL, which the editor's library does not know: backtick names, `#` comments, `@` and `@@` parameters, double quoted strings. */
export const GoogleSql = SQLDialect.define({
  keywords: BIGQUERY_KEYWORDS,
  types: BIGQUERY_TYPES,
  builtin: BIGQUERY_FUNCTIONS,
  identifierQuotes: '`',
  hashComments: true,
  slashComments: false,
  doubleQuotedStrings: true,
  backslashEscapes: true,
  specialVar: '@?',
  operatorChars: '*+-%<>!=&|~^/',
});

/** What the console speaks: the engine's own SQL, near to PostgreSQL. */
export const EngineSql = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords ?? ''} qualify pivot unpivot summarize describe exclude sample asof positional semi anti`,
  types: `${PostgreSQL.spec.types ?? ''} hugeint ubigint uinteger struct list map blob timestamptz`,
  doubleDollarQuotedStrings: true,
  operatorChars: '*+-%<>!=&|~^/',
});
