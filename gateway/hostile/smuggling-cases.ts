// Raw bytes that two HTTP readers might take for different requests. `TOKEN` stands for a good bearer token.
// Sources: RFC 9112 §6 and §11.2; the request-smuggling families CL.TE, TE.CL, TE.TE, CL.0, header injection, target confusion.

export type SmugglingCase = { readonly name: string; readonly bytes: string };

const line = '\r\n';
const own = `Host: gw${line}Authorization: Bearer TOKEN${line}`;
const queries = '/bigquery/v2/projects/acme/queries';
const datasets = '/bigquery/v2/projects/acme/datasets';
const good = '{"query":"SELECT x FROM `acme.sales.orders`","useLegacySql":false}';
/** What the attacker wants BigQuery to see although nobody judged it. */
const hidden = `GET /bigquery/v2/projects/acme/datasets/hr/tables/salaries/data HTTP/1.1${line}Host: gw${line}X-Hidden: 1${line}${line}`;

const json = `Content-Type: application/json${line}`;
const post = (headers: string, body: string, target = queries, version = 'HTTP/1.1'): string =>
  `POST ${target} ${version}${line}${own}${json}${headers}${line}${body}`;
const get = (headers: string, target = datasets, version = 'HTTP/1.1'): string => `GET ${target} ${version}${line}${own}${headers}${line}`;
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}${line}${text}${line}`;
const chunked = (text: string): string => `${chunk(text)}0${line}${line}`;
const show = (text: string): string => JSON.stringify(text).slice(1, 60);

const named = (family: string, items: readonly string[], toBytes: (item: string) => string): SmugglingCase[] =>
  items.map((item) => ({ name: `${family}: ${show(item)}`, bytes: toBytes(item) }));

/** Spellings that one reader may take for `chunked` and another not. */
const encodings = [
  'chunked',
  'Chunked',
  'CHUNKED',
  ' chunked',
  'chunked ',
  '\tchunked',
  'chunked\t',
  '"chunked"',
  "'chunked'",
  'xchunked',
  'chunkedx',
  'chunked;q=1',
  'chunked, identity',
  'identity, chunked',
  'identity',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  'cow',
  '\u000bchunked',
  'chun\u0000ked',
  'chunked\u0000',
  ',chunked',
  'chunked,',
  '',
];

const lengths = [
  '+5',
  '-1',
  ' 5',
  '5 ',
  '0x5',
  '5,5',
  '5, 6',
  '05',
  '00000000000000000005',
  '5.0',
  '5e0',
  '',
  'five',
  '٥',
  '18446744073709551616',
  '99999999999999999999',
  '9007199254740993',
  '5\u0000',
  '5;5',
];

const sizes = [
  '0x42',
  '+42',
  '-1',
  ' 42',
  '42 ',
  'g',
  '',
  '42;',
  '42;a=b',
  '42;a="b\r\nc"',
  '42;\nGET / HTTP/1.1',
  '042',
  'FFFFFFFFFFFFFFFF',
  '10000000000000042',
  '4\u00002',
  '42\u000b',
  '٤٢',
  '42,42',
];

const names = [
  'Transfer-Encoding ',
  ' Transfer-Encoding',
  '\tTransfer-Encoding',
  'Transfer_Encoding',
  'Transfer-Encoding\u0000',
  'Transfer\u0000-Encoding',
  'Transfer-Encoding\r',
  'Transfer-Encoding\u000b',
  'Transfer Encoding',
  'X:Transfer-Encoding',
  'Transfer-Encoding:',
  'Transfer‐Encoding',
  'Content-Length ',
  ' Content-Length',
  'Content_Length',
  'Content-Length\u0000',
];

const endings = ['\n', '\r', '\n\r', '\r\r\n', '\u0085', '\u2028', '\u000b'];

const targets = [
  `http://evil.example${datasets}`,
  `https://bigquery.googleapis.com${datasets}`,
  `//evil.example${datasets}`,
  `${datasets} HTTP/1.1\r\nX-A: b`,
  `${datasets}#hr`,
  `${datasets}%23/../../acme/datasets/hr`,
  `${datasets}/sales/../hr/tables`,
  `${datasets}/%2e%2e/acme/datasets/hr`,
  `${datasets}/sales%2f..%2fhr`,
  `${datasets}/sales%5c..%5chr`,
  `${datasets}\\hr`,
  `${datasets}/sales;/../hr`,
  `${datasets}/%00`,
  `${datasets}/sales%0d%0aX-A:%20b`,
  `${datasets}/%c0%ae%c0%ae/hr`,
  `${datasets}/%ff`,
  `${datasets}/%zz`,
  `${datasets}/%252e%252e/hr`,
  `${datasets}//hr`,
  `/${datasets}`,
  `.${datasets}`,
  `*`,
  'acme',
  '',
  `${datasets}?a=b HTTP/1.1`,
  `${datasets}?x=\u0001`,
  `${datasets}/ü`,
  `/bigquery/v2/projects/acme/datasets/sales?projectId=other&datasetId=hr`,
  `${datasets}?maxResults=1&maxResults=2`,
  `${datasets}?alt=media`,
  `${datasets}?callback=x`,
  `${datasets}?access_token=x`,
  `${datasets}?$.xgafv=2`,
  `${datasets}/${'a'.repeat(20_000)}`,
];

const versions = [
  'HTTP/0.9',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/2',
  'HTTP/11',
  'HTTP/1.1x',
  'http/1.1',
  'HTTPS/1.1',
  'HTTP/1.',
  'HTTP/-1.1',
  '',
];
const methods = ['get', 'GET ', ' GET', 'G ET', 'GET\t', 'TRACE', 'CONNECT', 'PRI', 'DEBUG', 'GET\u0000', 'ＧＥＴ', 'OPTIONS', 'M-SEARCH'];

const hops = [
  'Connection: authorization',
  'Connection: close, content-length',
  'Connection: x-goog-user-project, keep-alive',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13',
  'Proxy-Connection: keep-alive',
  'TE: trailers, chunked',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'X-Forwarded-Host: evil.example',
  'Forwarded: host=evil.example',
  'X-Original-URL: /bigquery/v2/projects/acme/datasets/hr',
  'X-Rewrite-URL: /bigquery/v2/projects/acme/datasets/hr',
  'X-HTTP-Method: DELETE',
  'X-Method-Override: DELETE',
  'X-Goog-Api-Key: AIza',
  'Host: evil.example',
  'Range: bytes=0-1',
  'Content-Encoding: gzip',
];

const special: readonly SmugglingCase[] = [
  {
    name: 'CL.TE with a hidden request',
    bytes: post(`Content-Length: ${good.length + hidden.length}${line}Transfer-Encoding: chunked${line}`, `${chunked(good)}${hidden}`),
  },
  { name: 'TE.CL with a hidden request', bytes: post(`Transfer-Encoding: chunked${line}Content-Length: 4${line}`, chunked(good) + hidden) },
  { name: 'CL.0: the body of a GET', bytes: `${get(`Content-Length: ${hidden.length}${line}`)}${hidden}` },
  { name: 'a chunked body of a GET', bytes: `${get(`Transfer-Encoding: chunked${line}`)}${chunked(hidden)}` },
  { name: 'a body longer than its length', bytes: post(`Content-Length: ${good.length}${line}`, good + hidden) },
  { name: 'a body shorter than its length', bytes: post(`Content-Length: ${good.length + 50}${line}`, good) },
  {
    name: 'a body of a method that is denied, then another request',
    bytes: post(`Content-Length: ${hidden.length}${line}`, hidden, '/bigquery/v2/projects/acme/nothing'),
  },
  { name: 'two requests at once', bytes: get('') + get('') },
  { name: 'a refused request, then a good one', bytes: get('', '/nothing') + get('') },
  { name: 'a request without end', bytes: `GET ${datasets} HTTP/1.1${line}${own}X-A: ${'b'.repeat(70_000)}` },
  { name: 'too many headers', bytes: get(Array.from({ length: 3_000 }, (_, index) => `X-${index}: 1${line}`).join('')) },
  {
    name: 'a folded Transfer-Encoding',
    bytes: post(`Transfer-Encoding:${line} chunked${line}Content-Length: ${good.length}${line}`, good),
  },
  { name: 'a folded Content-Length', bytes: post(`Content-Length: 1${line} 0${line}`, good) },
  {
    name: 'a trailer that changes the length',
    bytes: post(`Transfer-Encoding: chunked${line}Trailer: Content-Length${line}`, `${chunk(good)}0${line}Content-Length: 5${line}${line}`),
  },
  {
    name: 'a trailer with another token',
    bytes: post(`Transfer-Encoding: chunked${line}`, `${chunk(good)}0${line}Authorization: Bearer x.y.z${line}${line}`),
  },
  { name: 'a last chunk without an end', bytes: post(`Transfer-Encoding: chunked${line}`, `${chunk(good)}0${line}`) },
  { name: 'a chunk longer than said', bytes: post(`Transfer-Encoding: chunked${line}`, `5${line}${good}${line}0${line}${line}`) },
  {
    name: 'a chunk with bare LF',
    bytes: post(`Transfer-Encoding: chunked${line}`, `${Buffer.byteLength(good).toString(16)}\n${good}\n0\n\n`),
  },
  {
    name: 'two hosts',
    bytes: `GET ${datasets} HTTP/1.1${line}Host: gw${line}Host: evil.example${line}Authorization: Bearer TOKEN${line}${line}`,
  },
  { name: 'no host', bytes: `GET ${datasets} HTTP/1.1${line}Authorization: Bearer TOKEN${line}${line}` },
  {
    name: 'a host with a path',
    bytes: `GET ${datasets} HTTP/1.1${line}Host: gw/bigquery/v2/projects/acme/datasets/hr${line}Authorization: Bearer TOKEN${line}${line}`,
  },
  { name: 'two tokens', bytes: get(`Authorization: Bearer x.y.z${line}`) },
  {
    name: 'two Content-Lengths that agree',
    bytes: post(`Content-Length: ${good.length}${line}Content-Length: ${good.length}${line}`, good),
  },
  { name: 'two Content-Lengths that differ', bytes: post(`Content-Length: 2${line}Content-Length: ${good.length}${line}`, good) },
  { name: 'two Transfer-Encodings', bytes: post(`Transfer-Encoding: chunked${line}Transfer-Encoding: identity${line}`, chunked(good)) },
  { name: 'HTTP/1.0 and chunked', bytes: post(`Transfer-Encoding: chunked${line}`, chunked(good), queries, 'HTTP/1.0') },
  {
    name: 'HTTP/2 without TLS',
    bytes: `PRI * HTTP/2.0${line}${line}SM${line}${line}\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000`,
  },
  { name: 'TLS where none is', bytes: '\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000' },
  { name: 'blank lines before the request', bytes: line.repeat(5) + get('') },
  { name: 'a NUL in the target', bytes: get('', `${datasets}\u0000/hr`) },
  { name: 'a folded first header', bytes: `GET ${datasets} HTTP/1.1${line} X: y${line}${own}${line}` },
  { name: 'a header line without a colon', bytes: get(`X-A${line}`) },
  { name: 'a header with an empty name', bytes: get(`: x${line}`) },
];

export const smugglingCases: readonly SmugglingCase[] = [
  ...named('Transfer-Encoding beside Content-Length', encodings, (each) =>
    post(`Content-Length: ${good.length}${line}Transfer-Encoding: ${each}${line}`, `${good}${hidden}`),
  ),
  ...named('Transfer-Encoding alone', encodings, (each) => post(`Transfer-Encoding: ${each}${line}`, chunked(good) + hidden)),
  ...named('Content-Length', lengths, (each) => post(`Content-Length: ${each}${line}`, good + hidden)),
  ...named('chunk size', sizes, (each) =>
    post(`Transfer-Encoding: chunked${line}`, `${each}${line}${good}${line}0${line}${line}${hidden}`),
  ),
  ...named('header name', names, (each) =>
    post(
      `${each}: ${/ength/.test(each) ? String(good.length + hidden.length) : 'chunked'}${line}Content-Length: ${good.length}${line}`,
      good + hidden,
    ),
  ),
  ...named(
    'line ending',
    endings,
    (each) => `GET ${datasets} HTTP/1.1${line}${own}X-A: b${each}X-HTTP-Method-Override: DELETE${each}${line}${line}${hidden}`,
  ),
  ...named('target', targets, (each) => get('', each)),
  ...named('version', versions, (each) => get('', datasets, each)),
  ...named('method', methods, (each) => `${each} ${datasets} HTTP/1.1${line}${own}${line}`),
  ...named('hop by hop', hops, (each) => get(`${each}${line}`)),
  ...special,
];
