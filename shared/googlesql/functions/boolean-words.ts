/** What BigQuery's loads and query parameters read as BOOL, in lower case. CAST takes only `true` and `false`. */
export const booleanWords: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  '0': false,
};
