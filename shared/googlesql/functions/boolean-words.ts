/** What GoogleSQL's CAST and BigQuery's loads read as BOOL, in lower case. */
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
