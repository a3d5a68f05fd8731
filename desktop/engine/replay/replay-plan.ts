import { gatewayDoor } from '../../../shared/derived/exchange-facts.ts';
import { encodingOf, readBodyText } from '../../../shared/derived/result/read-body-text.ts';
import type { CaseBundle } from '../case-bundle.ts';
import type { SqlRow } from '../database/case-database.ts';
import { findHeader, toHeaders } from '../exchange/get-exchange.ts';
import type { ReviewCase } from '../review-case.ts';
import type { Asked } from './replay-messages.ts';
import { resolveProject } from './resolve-project.ts';
import { type TableUse, toTableUse } from './statement-tables.ts';

/** One recorded request that the replay asks again, in the order of the recording. */
export type ReplayStep = {
  readonly kind: 'statement' | 'other';
  readonly number: number;
  readonly exchangeId: string;
  readonly asked: Asked;
  readonly sql: string;
  readonly statementType: string | undefined;
  readonly dryRun: boolean;
  readonly effect: string;
  readonly outcome: string;
  readonly framing: string | undefined;
  readonly status: number | undefined;
  readonly rules: readonly string[];
  /** What the client got differs from what BigQuery answered. */
  readonly masked: boolean;
  readonly error: { readonly reason: string; readonly message: string } | undefined;
  readonly totalRows: string | undefined;
  readonly numDmlAffectedRows: string | undefined;
  readonly use: TableUse;
};

const otherMethods = [
  // Load and copy jobs: those with SQL are statements.
  'jobs.insert',
  'datasets.insert',
  'datasets.delete',
  'tables.insert',
  'tables.delete',
  'tables.patch',
  'tables.update',
  'tabledata.insertAll',
  'routines.insert',
  'routines.update',
  'routines.delete',
];

/** The statements of a session, and (where they count) the other requests that change what is there. */
export async function planReplay(review: ReviewCase, source: CaseBundle, withOthers: boolean): Promise<ReplayStep[]> {
  const others = withOthers ? otherMethods.map((name) => `'bigquery.${name}'`).join(', ') : `''`;
  const rows = await review.database.all(
    `WITH masked AS (SELECT number FROM body WHERE side = 'upstream-response')
     SELECT e.*, s.sql, h.request_headers, h.response_headers, j.error_reason AS job_error_reason, j.error_message, j.num_dml_affected_rows,
       e.number IN (FROM masked) OR coalesce(e.job_id IN (SELECT job_id FROM exchange WHERE number IN (FROM masked)), false) AS masked
     FROM exchange e
     LEFT JOIN statement s USING (bundle_id, number)
     LEFT JOIN head h USING (bundle_id, number)
     LEFT JOIN (
       SELECT bundle_id, project_id, job_id, max(error_reason) AS error_reason, max(error_message) AS error_message,
         max(num_dml_affected_rows) AS num_dml_affected_rows
       FROM job WHERE job_id IS NOT NULL GROUP BY ALL
     ) j ON j.bundle_id = e.bundle_id AND j.job_id = e.job_id AND j.project_id IS NOT DISTINCT FROM e.job_project_id
     WHERE e.bundle_id = $1 AND e.door IS DISTINCT FROM '${gatewayDoor}' AND (
       e.method_id = 'bigquery.jobs.query' OR (e.method_id = 'bigquery.jobs.insert' AND s.sql IS NOT NULL)
       OR (e.method_id IN (${others}) AND e.status BETWEEN 200 AND 299 AND e.effect = 'allow'))
     ORDER BY e.number`,
    [source.bundleId],
  );
  const steps: ReplayStep[] = [];
  for (const row of rows) steps.push(await toStep(source, row));
  return steps;
}

async function toStep(source: CaseBundle, row: SqlRow): Promise<ReplayStep> {
  const asked = toAsked(row);
  const body = await readRequest(source, asked);
  const sql = textOf(row['sql']) ?? textOf(queryOf(asked, body)['query']);
  const isStatement = sql !== undefined;
  return {
    kind: isStatement ? 'statement' : 'other',
    number: Number(row['number']),
    exchangeId: asked.exchangeId,
    asked,
    sql: sql ?? '',
    statementType: textOf(row['statement_type']),
    dryRun: row['dry_run'] === true || isDryRun(asked, body),
    effect: String(row['effect']),
    outcome: String(row['outcome']),
    framing: textOf(row['framing']),
    status: row['status'] == null ? undefined : Number(row['status']),
    rules: (row['rules'] as readonly string[] | null) ?? [],
    masked: row['masked'] === true,
    error: await findError(source, row),
    totalRows: textOf(row['total_rows']),
    numDmlAffectedRows: textOf(row['num_dml_affected_rows']) ?? (isStatement ? await findAffectedRows(source, row) : undefined),
    use: isStatement ? withDestination(toTableUse(sql, toUseOptions(asked, body)), asked, body) : toOtherUse(asked, body),
  };
}

function toAsked(row: SqlRow): Asked {
  const headers = toHeaders(row['request_headers']);
  return {
    exchangeId: String(row['exchange_id']),
    httpMethod: String(row['http_method']),
    target: resolveProject(String(row['target']), textOf(row['project_id'])),
    methodId: String(row['method_id']),
    projectId: String(row['project_id'] ?? ''),
    contentType: findHeader(headers, 'content-type'),
    contentEncoding: findHeader(headers, 'content-encoding'),
  };
}

type Json = Readonly<Record<string, unknown>>;

function queryOf({ methodId }: Asked, body: Json): Json {
  if (methodId !== 'bigquery.jobs.insert') return body;
  return ((body['configuration'] as Json | undefined)?.['query'] ?? {}) as Json;
}

const isDryRun = ({ methodId }: Asked, body: Json): boolean =>
  (methodId === 'bigquery.jobs.insert' ? (body['configuration'] as Json | undefined) : body)?.['dryRun'] === true;

function toUseOptions(asked: Asked, body: Json): Parameters<typeof toTableUse>[1] {
  const dataset = queryOf(asked, body)['defaultDataset'] as { projectId?: string; datasetId?: string } | undefined;
  const { projectId } = asked;
  return dataset?.datasetId === undefined
    ? { projectId }
    : { projectId, defaultDataset: { projectId: dataset.projectId ?? projectId, datasetId: dataset.datasetId } };
}

type Reference = { readonly projectId?: string; readonly datasetId?: string; readonly tableId?: string };

const nameOf = ({ projectId, datasetId, tableId }: Reference, project: string): string =>
  [projectId ?? project, datasetId ?? '?', tableId ?? '?'].join('.');

/** A query whose answer goes to a table of its own choice writes that table. */
function withDestination(use: TableUse, asked: Asked, body: Json): TableUse {
  const query = queryOf(asked, body);
  const destination = query['destinationTable'] as Reference | undefined;
  if (destination?.tableId === undefined) return use;
  const table = nameOf(destination, asked.projectId);
  const isWhole =
    query['writeDisposition'] === 'WRITE_TRUNCATE' ||
    query['writeDisposition'] === 'WRITE_EMPTY' ||
    query['writeDisposition'] === undefined;
  return { ...use, changes: [...use.changes, table], ...(isWhole ? { makes: [...use.makes, table] } : { needs: [...use.needs, table] }) };
}

const targetPattern = /\/projects\/([^/?]+)(?:\/datasets\/([^/?]+)(?:\/tables\/([^/?]+))?)?/;

/** What a request that is no statement does to tables. */
function toOtherUse({ methodId, target, projectId }: Asked, body: Json): TableUse {
  const [, project = projectId, datasetId, tableId] = targetPattern.exec(target)?.map((part) => part && decodeURIComponent(part)) ?? [];
  const none: TableUse = { needs: [], makes: [], changes: [], datasetsMade: [], restless: [], opaque: undefined };
  switch (methodId) {
    case 'bigquery.datasets.insert': {
      const reference = (body['datasetReference'] ?? {}) as Reference;
      return { ...none, datasetsMade: [`${reference.projectId ?? project}.${reference.datasetId}`] };
    }
    case 'bigquery.tables.insert': {
      const table = nameOf((body['tableReference'] ?? {}) as Reference, project);
      return { ...none, makes: [table], changes: [table] };
    }
    case 'bigquery.tables.delete':
      return { ...none, changes: [`${project}.${datasetId}.${tableId}`] };
    case 'bigquery.tabledata.insertAll':
    case 'bigquery.tables.patch':
    case 'bigquery.tables.update':
      return { ...none, needs: [`${project}.${datasetId}.${tableId}`], changes: [`${project}.${datasetId}.${tableId}`] };
    case 'bigquery.jobs.insert':
      return toJobUse(projectId, (body['configuration'] ?? {}) as Json, none);
    default:
      return none;
  }
}

/** A load or copy job. Rows that came from elsewhere (`gs://…`) were not recorded: afterwards nobody knows what the table holds. */
function toJobUse(projectId: string, configuration: Json, none: TableUse): TableUse {
  const job = (configuration['load'] ?? configuration['copy']) as Json | undefined;
  const destination = job?.['destinationTable'] as Reference | undefined;
  if (job === undefined || destination === undefined) return none;
  const table = nameOf(destination, projectId);
  const sources = ((job['sourceTables'] ?? [job['sourceTable']]) as readonly (Reference | undefined)[]).filter(
    (each) => each !== undefined,
  );
  const needs = sources.map((each) => nameOf(each, projectId));
  const isLoad = configuration['load'] !== undefined;
  const isWhole = ['WRITE_TRUNCATE', 'WRITE_EMPTY'].includes(String(job['writeDisposition'] ?? (isLoad ? 'WRITE_APPEND' : 'WRITE_EMPTY')));
  const opaque = job['sourceUris'] === undefined ? undefined : 'a load from outside';
  return { ...none, opaque, changes: [table], ...(isWhole ? { makes: [table], needs } : { needs: [...needs, table] }) };
}

/** BigQuery's error of the request or of its job, whichever was recorded. */
async function findError(source: CaseBundle, row: SqlRow): Promise<ReplayStep['error']> {
  const reason = textOf(row['job_error_reason']) ?? textOf(row['error_reason']);
  if (reason !== undefined) return { reason, message: String(row['error_message'] ?? '') };
  if (Number(row['status'] ?? 200) < 400) return undefined;
  const { error } = (await readJson(source, String(row['exchange_id']), 'response', encodingOf(row['response_headers']))) as {
    error?: { message?: string; errors?: readonly { reason?: string }[] };
  };
  return { reason: error?.errors?.[0]?.reason ?? 'unknown', message: error?.message ?? '' };
}

/** In the answer of jobs.query itself, where the recorder did not lift it out. */
async function findAffectedRows(source: CaseBundle, row: SqlRow): Promise<string | undefined> {
  if (row['status'] !== 200 || !/^(INSERT|UPDATE|DELETE|MERGE)$/.test(String(row['statement_type']))) return undefined;
  return textOf(
    (await readJson(source, String(row['exchange_id']), 'response', encodingOf(row['response_headers'])))['numDmlAffectedRows'],
  );
}

/** The JSON of a request; of an upload in one piece, its first part. */
async function readRequest(source: CaseBundle, { exchangeId, contentType = '', contentEncoding }: Asked): Promise<Json> {
  const encoding = contentEncoding?.toLowerCase();
  if (!/^multipart\/related/i.test(contentType)) return readJson(source, exchangeId, 'request', encoding);
  const text = await readBodyText(source.bundle, exchangeId, 'request', encoding).catch(() => undefined);
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  const part = boundary === undefined ? undefined : text?.split(`--${boundary}`)[1];
  const json = part?.slice(part.search(/\r?\n\r?\n/)).trim();
  try {
    return json === undefined ? {} : (JSON.parse(json) as Json);
  } catch {
    return {};
  }
}

async function readJson(source: CaseBundle, exchangeId: string, side: 'request' | 'response', encoding: string | undefined): Promise<Json> {
  try {
    const text = await readBodyText(source.bundle, exchangeId, side, encoding);
    const value: unknown = text === undefined || text === '' ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    // An upload, or a damaged body: it says nothing here.
    return {};
  }
}

const textOf = (value: unknown): string | undefined => (value === null || value === undefined ? undefined : String(value));
