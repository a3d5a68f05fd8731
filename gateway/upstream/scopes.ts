/** OAuth scopes that the gateway's own credentials are asked for. */
export const bigQueryScopes: readonly string[] = [
  'https://www.googleapis.com/auth/bigquery',
  'https://www.googleapis.com/auth/cloud-platform',
];
