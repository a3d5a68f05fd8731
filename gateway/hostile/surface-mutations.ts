import type { ApiMethod } from '../../shared/bigquery/api-method.ts';

/** One request of a method, bent. `accepts`: the bent request means what the straight one means. */
export type Mutation = {
  readonly name: string;
  readonly httpMethod: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
};

const parameters: Readonly<Record<string, string>> = {
  projectId: 'acme',
  datasetId: 'sales',
  tableId: 'orders',
  jobId: 'job_1',
  routineId: 'f',
  modelId: 'm',
  policyId: 'r',
  resource: 'projects/acme/datasets/sales/tables/orders',
};

/** The path of a method with names that policy grants. */
const straightPath = ({ path }: ApiMethod): string =>
  `/bigquery/v2/${path.replace(/\{\+?(\w+)\}/g, (_, name: string) => parameters[name] ?? 'x')}`;

type Bend = (path: string) => string;
const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const before = (path: string): string => path.slice(0, path.lastIndexOf('/'));

const pathBends: readonly (readonly [string, Bend])[] = [
  ...[
    '/',
    '//',
    '/.',
    '/..',
    '/./',
    '/%2e',
    '/%2e%2e',
    '/%2f',
    '%2f',
    '%5c',
    '\\',
    ';x=1',
    '%3b',
    '%00',
    '%0a',
    '%0d%0aX:1',
    '%20',
    '+',
    '?',
    '#',
    '%23',
    '%3f',
    '.',
    '..',
    '...',
    '~',
    '$',
    '$1',
    '@1',
    '@-1',
    ':',
    ':get',
    ':undelete',
    ':getIamPolicy',
    ':setIamPolicy',
    '*',
    "'",
    '"',
    '`',
    '<',
    '>',
    '|',
    '{',
    '}',
    '{{projectId}}',
    '%7B%7BprojectId%7D%7D',
    'é',
    '%c3%a9',
    '%c0%af',
    '%ff',
    '%',
    '%2',
    '%zz',
    '%252e%252e',
    '%u002e',
    '\u2215',
    '\uff0f',
    '%e2%80%ae',
    '.json',
    '/data',
    '/insertAll',
    '/cancel',
    '/delete',
    '/../../hr',
  ].map((suffix) => [`ends in ${JSON.stringify(suffix)}`, (path: string) => path + suffix] as const),
  ...[
    '/',
    '//',
    '/./',
    '/../',
    '/x/..',
    '/%2e%2e',
    '\\',
    '/s/',
    '/s/a',
    '/s/a/b',
    '/s/%2e%2e',
    '/S/a',
    '/bigquery/v2',
    '/upload',
    '/upload/bigquery/v2',
    '/resumable/upload',
    '/resumable/upload/bigquery/v2',
    '/batch',
    '/discovery/v1/apis',
    '/v1',
    '/admin',
    '/console',
    '/.well-known',
    'http://evil.example',
    'https://bigquery.googleapis.com',
    '//evil.example',
  ].map((prefix) => [`begins with ${JSON.stringify(prefix)}`, (path: string) => prefix + path] as const),
  ...[
    '%73ales',
    'SALES',
    'sales%20',
    ' sales',
    'sales%00',
    'hr',
    '..',
    '.',
    '',
    'sales/hr',
    'sales%2fhr',
    'sales,hr',
    'sales;hr',
    'sa*',
    '*',
    '-',
    'ｓales',
    'ѕales',
    'sales\u200b',
    'INFORMATION_SCHEMA',
    'x'.repeat(2000),
  ].map(
    (name) =>
      [`dataset ${JSON.stringify(name.slice(0, 30))}`, (path: string) => path.replace('datasets/sales', `datasets/${name}`)] as const,
  ),
  ...[
    'other',
    'ACME',
    'acme%2fother',
    'acme:other',
    'google.com:acme',
    '-',
    '*',
    '',
    '.',
    '..',
    '%61cme',
    'acme%00',
    'acme ',
    '{{projectId}}',
    '%7b%7bprojectId%7d%7d',
    '0',
    '١٢٣',
  ].map((name) => [`project ${JSON.stringify(name)}`, (path: string) => path.replace('projects/acme', `projects/${name}`)] as const),
  ['upper case', (path) => path.toUpperCase()],
  ['collection in upper case', (path) => path.replace('/projects/', '/Projects/')],
  ['version 1', (path) => path.replace('/v2/', '/v1/')],
  ['no version', (path) => path.replace('/v2/', '/')],
  ['twice the root', (path) => `/bigquery/v2${path}`],
  ['the last name encoded', (path) => `${before(path)}/${[...last(path)].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('')}`],
  ['the last name doubled', (path) => `${path}/${last(path)}`],
  ['without the last name', before],
  ['an empty name in between', (path) => path.replace('/projects/', '/projects//')],
  ['a dot in between', (path) => path.replace('/datasets', '/./datasets')],
  ['up and down again', (path) => path.replace('/datasets', '/x/../datasets')],
];

const queries = [
  '?',
  '?&',
  '?a',
  '?alt=json',
  '?alt=media',
  '?alt=proto',
  '?ALT=media',
  '?callback=f',
  '?key=AIza',
  '?access_token=x',
  '?oauth_token=x',
  '?bearer_token=x',
  '?%61ccess_token=x',
  '?prettyPrint=false',
  '?$.xgafv=2',
  '?xoauth_requestor_id=a@b',
  '?userIp=1',
  '?quotaUser=a',
  '?uploadType=media',
  '?uploadType=resumable&upload_id=x',
  '?upload_id=x',
  '?projectId=other',
  '?datasetId=hr&tableId=salaries',
  '?maxResults=1&maxResults=9',
  '?maxResults=-1',
  '?maxResults=1e9',
  '?pageToken=%00',
  '?all=true',
  '?allUsers=true',
  '?deleteContents=true',
  '?fields=*',
  '?x=%0d%0a',
  `?x=${'y'.repeat(4000)}`,
];

const headers: readonly Readonly<Record<string, string>>[] = [
  ...['GET', 'PATCH', 'DELETE', 'PUT', 'POST', 'get', 'HEAD', 'TRACE', 'FOO', 'PATCH, DELETE'].map((method) => ({
    'x-http-method-override': method,
  })),
  { 'x-http-method': 'DELETE' },
  { 'x-method-override': 'DELETE' },
  { 'x-original-url': '/bigquery/v2/projects/acme/datasets/hr' },
  { 'x-rewrite-url': '/bigquery/v2/projects/acme/datasets/hr' },
  { 'x-forwarded-prefix': '/bigquery/v2/projects/other' },
  { 'x-goog-user-project': 'other' },
  { 'x-goog-user-project': '../other' },
  { 'x-goog-request-params': 'projectId=other' },
  { 'x-goog-api-key': 'AIza' },
  { 'x-server-timeout': '0' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-7' },
  { 'content-encoding': 'br' },
  { 'if-match': '*' },
  { range: 'bytes=0-1' },
];

const otherMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** About two hundred for each method: its path bent, its query, its headers, another HTTP method. */
export function mutationsOf(method: ApiMethod): readonly Mutation[] {
  const straight = straightPath(method);
  const { httpMethod } = method;
  const bent = pathBends.map(([name, bend]): Mutation => ({ name, httpMethod, target: bend(straight), headers: {} }));
  const asked = queries.map((query): Mutation => ({ name: query.slice(0, 40), httpMethod, target: straight + query, headers: {} }));
  const headed = headers.flatMap((each): Mutation[] => {
    const name = Object.entries(each).flat().join(': ');
    const own = { name, httpMethod, target: straight, headers: each };
    return 'x-http-method-override' in each && httpMethod !== 'POST' ? [own, { ...own, name: `POST, ${name}`, httpMethod: 'POST' }] : [own];
  });
  const others = otherMethods
    .filter((each) => each !== httpMethod)
    .map((each): Mutation => ({ name: `${each} in place of ${httpMethod}`, httpMethod: each, target: straight, headers: {} }));
  const seen = new Set<string>();
  return [...bent, ...asked, ...headed, ...others].filter((each) => {
    const key = `${each.httpMethod} ${each.target} ${JSON.stringify(each.headers)}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}
