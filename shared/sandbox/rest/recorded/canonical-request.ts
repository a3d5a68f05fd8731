import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../base/canonical-json.ts';
import type { MethodMatch } from '../../../bigquery/match-method.ts';
import type { RecordedQuestion } from '../recorded-answers.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** What differs from run to run, or changes only how an answer is cut and spelled. */
const passingQuery: ReadonlySet<string> = new Set([
  'alt',
  'fields',
  'formatOptions.timestampOutputFormat',
  'formatOptions.useInt64Timestamp',
  'location',
  'maxResults',
  'pageSize',
  'pageToken',
  'prettyPrint',
  'quotaUser',
  'startIndex',
  'timeoutMs',
  'upload_id',
  'uploadType',
  'userIp',
]);

/** Reduces a request to its question. `body` is the parsed JSON body, of an upload its metadata. */
export function toQuestion(match: MethodMatch, body: JsonObject): RecordedQuestion {
  const statement = toStatement(match, body);
  const asked = statement ?? {
    methodId: match.method.id,
    params: match.params,
    query: toAskedQuery(match),
    body: toAskedBody(match, body),
  };
  return {
    methodId: match.method.id,
    projectId: match.params['projectId'],
    canonicalKey: createHash('sha256').update(canonicalJson(asked)).digest('hex'),
    text: statement === undefined ? toPathText(match) : statement.query,
  };
}

const toPathText = ({ method, params }: MethodMatch): string =>
  `${method.id} ${method.path.replaceAll(/\{(\w+)\}/g, (_, name) => params[name] ?? '')}`;

const toAskedQuery = ({ query, method }: MethodMatch): JsonObject =>
  Object.fromEntries(
    method.query.filter(({ name }) => !passingQuery.has(name) && query.has(name)).map(({ name }) => [name, query.getAll(name).toSorted()]),
  );

/** `insertId` is random in every client; a job's reference is its name, not its question. */
function toAskedBody({ method }: MethodMatch, body: JsonObject): unknown {
  if (method.id === 'bigquery.jobs.insert') return { configuration: body['configuration'] ?? {} };
  if (method.id !== 'bigquery.tabledata.insertAll') return body;
  const rows = Array.isArray(body['rows']) ? (body['rows'] as readonly JsonObject[]) : [];
  return { ...body, rows: rows.map(({ json }) => json ?? {}) };
}

/** A statement is the same question through jobs.query and through jobs.insert. */
function toStatement({ method, params }: MethodMatch, body: JsonObject): { readonly query: string } | undefined {
  if (method.id === 'bigquery.jobs.query') return toStatementKey(params['projectId'], body, body['dryRun'] === true);
  if (method.id !== 'bigquery.jobs.insert') return undefined;
  const configuration = (body['configuration'] ?? {}) as JsonObject;
  const query = configuration['query'] as JsonObject | undefined;
  return query === undefined ? undefined : toStatementKey(params['projectId'], query, configuration['dryRun'] === true);
}

function toStatementKey(projectId: string | undefined, options: JsonObject, isDryRun: boolean) {
  const dataset = options['defaultDataset'] as JsonObject | undefined;
  return {
    statement: true,
    projectId: projectId ?? '',
    query: String(options['query'] ?? '')
      .replaceAll('\r\n', '\n')
      .trim(),
    parameters: options['queryParameters'] ?? [],
    defaultDataset: dataset === undefined ? '' : `${dataset['projectId'] ?? projectId}.${dataset['datasetId']}`,
    isDryRun,
    isLegacySql: options['useLegacySql'] === true,
    destination: options['destinationTable'] ?? '',
    writeDisposition: options['writeDisposition'] ?? '',
    createDisposition: options['createDisposition'] ?? '',
  };
}
