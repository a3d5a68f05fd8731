import { expect, it } from 'vitest';
import { toCurl } from './to-curl.ts';

const request = {
  httpMethod: 'POST',
  target: '/bigquery/v2/projects/acme/queries?prettyPrint=false',
  headers: [
    { name: 'Host', value: 'localhost:8080' },
    { name: 'Content-Type', value: 'application/json' },
    { name: 'Accept-Encoding', value: 'gzip' },
  ],
};

it('asks BigQuery what was asked, with the credential of whoever runs it', () => {
  expect(
    toCurl({ request }, `{"query":"SELECT 'it''s'"}`),
  ).toBe(`curl -X 'POST' 'https://bigquery.googleapis.com/bigquery/v2/projects/acme/queries?prettyPrint=false' \\
  -H "Authorization: Bearer $(gcloud auth print-access-token)" \\
  -H 'Content-Type: application/json' \\
  --data-raw '{"query":"SELECT '\\''it'\\'''\\''s'\\''"}'`);
});

it('lets nothing of the evidence reach the shell', () => {
  const hostile = { ...request, target: "/x';rm -rf ~;'$(id)`id`" };
  expect(toCurl({ request: hostile }, undefined)).toContain(`'https://bigquery.googleapis.com/x'\\'';rm -rf ~;'\\''$(id)\`id\`'`);
});
