// A session as an agent that explores a warehouse makes it: questions and answers of many shapes and sizes, most of them small. From one seed.
import { openRecorder } from '../../../gateway/record/open-recorder.ts';
import type { Recorder } from '../../../gateway/record/recorder.ts';
import { anEnd, anIntent, aSession, sendBody } from '../../../gateway/record/testing/an-exchange.ts';
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';

const random = createRandom(20_260_301);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <Value>(values: readonly Value[]): Value => values[below(values.length)]!;
/** As many small ones as large ones of every power of two. */
const spread = (least: number, most: number): number => Math.round(least * (most / least) ** random());
const hex = (digits: number): string => Array.from({ length: digits }, () => below(16).toString(16)).join('');

const words =
  'account active amount annual avenue balance bank batch brand campaign carrier category channel city client code cohort contract cost count country credit customer date day delivery demand discount district email event fee first forecast gross health hour invoice item key last level line margin market median merchant metric model month name net node note offer order origin owner page partner payment period phone plan point price product profile promo quarter query rate reason refund region report request result return revenue route sales score season segment session shipment signal site sku source spend stage state status stock store street supplier tax team term ticket tier time title total traffic trial type unit user value vendor visit volume warehouse week year zone'.split(
    ' ',
  );
const text = (count: number): string => Array.from({ length: count }, () => pick(words)).join(' ');
const tables = Array.from({ length: 40 }, () => `acme-prod.${pick(words)}.${pick(words)}_${pick(words)}`);

/** BigQuery's JSON of a value of each type. */
const cells: Readonly<Record<string, () => string | null>> = {
  INTEGER: () => String(below(10 ** (1 + below(9)))),
  STRING: () => text(1 + below(3)),
  FLOAT: () => String(random() * 10 ** below(6)),
  NUMERIC: () => (random() * 10_000).toFixed(2),
  TIMESTAMP: () => `1.7${String(below(1e8)).padStart(8, '0')}E9`,
  DATE: () => `2026-0${1 + below(9)}-${String(1 + below(28)).padStart(2, '0')}`,
  BOOLEAN: () => String(random() < 0.5),
  EMAIL: () => `${pick(words)}.${pick(words)}${below(1_000)}@example.com`,
};

function aTable(rows: number) {
  const fields = Array.from({ length: 2 + below(11) }, (_, at) => ({ name: `${pick(words)}_${at}`, type: pick(Object.keys(cells)) }));
  const row = () => ({ f: fields.map(({ type }) => ({ v: random() < 0.05 ? null : cells[type]!() })) });
  const schema = { fields: fields.map(({ name, type }) => ({ name, type: type === 'EMAIL' ? 'STRING' : type, mode: 'NULLABLE' })) };
  return { schema, totalRows: String(rows), rows: Array.from({ length: rows }, row) };
}

const aJob = () => ({ projectId: 'acme-prod', jobId: `job_${hex(24)}`, location: 'US' });
const statistics = () => ({
  totalBytesProcessed: String(below(1e12)),
  creationTime: String(1.7e12 + below(1e10)),
  cacheHit: random() < 0.2,
});

function aQuery(): { sql: string; referencedTables: string[] } {
  const [table, other] = [pick(tables), pick(tables)];
  const columns = Array.from({ length: 2 + below(8) }, () => `${pick(['o', 'c'])}.${pick(words)}`).join(',\n  ');
  const conditions = Array.from({ length: 1 + below(4) }, () => `o.${pick(words)} ${pick(['=', '>', '<'])} '${text(1)}'`).join('\n  AND ');
  const sql = `SELECT\n  ${columns}\nFROM \`${table}\` AS o\nJOIN \`${other}\` AS c ON o.${pick(words)} = c.${pick(words)}\nWHERE ${conditions}\nLIMIT ${10 ** (1 + below(4))}`;
  return { sql, referencedTables: [table, other] };
}

type Exchange = {
  readonly method: string;
  readonly target: string;
  readonly sql?: string;
  readonly tables?: readonly string[];
  readonly request?: object;
  readonly status?: number;
  readonly answer: object;
};
const root = '/bigquery/v2/projects/acme-prod';

const kinds: readonly (readonly [number, () => Exchange])[] = [
  [45, () => queried(spread(1, 1_000))],
  [20, dryRun],
  [15, aPage],
  [12, aSchema],
  [8, anError],
];

function queried(rows: number): Exchange {
  const { sql, referencedTables } = aQuery();
  const answer = { kind: 'bigquery#queryResponse', jobReference: aJob(), ...aTable(rows), jobComplete: true, ...statistics() };
  const request = { query: sql, useLegacySql: false, requestId: hex(32), maxResults: 1_000 };
  return { method: 'POST', target: `${root}/queries?prettyPrint=false`, sql, tables: referencedTables, request, answer };
}

function dryRun(): Exchange {
  const { sql, referencedTables } = aQuery();
  const { schema } = aTable(0);
  const job = {
    configuration: { query: { query: sql, useLegacySql: false, priority: 'INTERACTIVE' }, dryRun: true },
    jobReference: aJob(),
  };
  const query = { schema, referencedTables: referencedTables.map((tableId) => ({ tableId })), statementType: 'SELECT', ...statistics() };
  const answer = { kind: 'bigquery#job', ...job, status: { state: 'DONE' }, statistics: { query, ...statistics() } };
  return { method: 'POST', target: `${root}/jobs?prettyPrint=false`, sql, tables: referencedTables, request: job, answer };
}

function aPage(): Exchange {
  const jobReference = aJob();
  const answer = {
    kind: 'bigquery#getQueryResultsResponse',
    jobReference,
    ...aTable(spread(50, 5_000)),
    pageToken: hex(40),
    jobComplete: true,
  };
  return { method: 'GET', target: `${root}/queries/${jobReference.jobId}?maxResults=5000&location=US`, answer };
}

function aSchema(): Exchange {
  const [, dataset, table] = pick(tables).split('.') as [string, string, string];
  const fields = Array.from({ length: 10 + below(60) }, () => ({
    name: `${pick(words)}_${pick(words)}`,
    type: pick(['STRING', 'INTEGER', 'FLOAT']),
    description: text(4 + below(9)),
  }));
  const answer = { kind: 'bigquery#table', etag: hex(22), schema: { fields }, numRows: String(below(1e9)), numBytes: String(below(1e12)) };
  return { method: 'GET', target: `${root}/datasets/${dataset}/tables/${table}?prettyPrint=false`, answer };
}

function anError(): Exchange {
  const { sql } = aQuery();
  const message = `Unrecognized name: ${pick(words)}; Did you mean ${pick(words)}? at [${1 + below(9)}:${1 + below(40)}]`;
  const answer = {
    error: { code: 400, message, errors: [{ message, domain: 'global', reason: 'invalidQuery' }], status: 'INVALID_ARGUMENT' },
  };
  return {
    method: 'POST',
    target: `${root}/queries?prettyPrint=false`,
    sql,
    request: { query: sql, useLegacySql: false },
    status: 400,
    answer,
  };
}

function anExchange(): Exchange {
  let left = below(kinds.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, make] of kinds) {
    left -= weight;
    if (left < 0) return make();
  }
  return queried(1);
}

/** A journal with one closed session of so many exchanges; returns the session's id. */
export async function recordMixed(directory: string, exchanges: number): Promise<string> {
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder, 'mixed');
  for (let number = 0; number < exchanges; number += 1) await record(recorder, session, anExchange());
  await recorder.closeSession(session, 'generated');
  await recorder.close();
  return session;
}

async function record(recorder: Recorder, session: string, { method, target, sql, tables: named, request, status, answer }: Exchange) {
  const headers = [
    ['host', 'bigquery.googleapis.com'],
    ['content-type', 'application/json'],
    ['user-agent', 'google-cloud-node/9.3.0'],
    ['x-goog-api-client', 'gl-node/24.21.0 gccl/9.3.0'],
    ...(request === undefined ? [] : [['content-length', String(Buffer.byteLength(JSON.stringify(request)))] as const]),
  ] as const;
  const statement = { sql, fingerprint: hex(64), statementType: 'SELECT', referencedTables: named ?? [] };
  const open = recorder.open(
    anIntent(session, {
      request: { method, target, httpVersion: '1.1', headers: headers.map(([name, value]) => [name, value]) },
      statement: sql === undefined ? undefined : { ...statement, sql },
      job: aJob(),
    }),
  );
  if (request !== undefined) open.requestBody(Buffer.from(JSON.stringify(request)));
  const body = Buffer.from(JSON.stringify(answer));
  open.responseHead(status ?? 200, [
    ['content-type', 'application/json; charset=UTF-8'],
    ['date', new Date(Date.UTC(2026, 2, 1) + below(1e9)).toUTCString()],
    ['etag', hex(22)],
    ['server', 'ESF'],
    ['vary', 'Origin, X-Origin, Referer'],
  ]);
  await sendBody(open, body);
  await open.end(anEnd(body.length, { status: status ?? 200, job: { totalBytesProcessed: String(below(1e12)) } }));
}
