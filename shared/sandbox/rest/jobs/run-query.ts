import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { isErrorReason } from '../../../bigquery/error-reason.ts';
import type { JobConfiguration, JobConfigurationQuery, JobStatistics, QueryStatistics } from '../../../bigquery/job.ts';
import type { DryRun, Engine, QueryOutcome, QueryRequest } from '../../engine/engine.ts';
import type { TableReference } from '../../engine/resource.ts';
import { parseFlag } from '../query-parameters.ts';
import { openRows } from '../rows/tabledata.ts';
import type { ChildJob, JobEnding, JobRecord } from './job-record.ts';
import type { JobRun } from './job-runner.ts';
import { parseParameters } from './parse-parameters.ts';
import { toQueryStatistics } from './query-statistics.ts';
import { createFrameFinder, type StackFrame } from './stack-frames.ts';

export async function runQuery(engine: Engine, run: JobRun, record: JobRecord): Promise<JobEnding> {
  const query = takeQuery(run.configuration);
  const sessionId = await openSession(engine, run, query);
  const findFrame = createFrameFinder(query.query);
  const outcome = await engine.query({
    ...toQueryRequest(run, query),
    userEmail: record.userEmail,
    signal: record.abort.signal,
    onDestination: (table) => {
      record.configuration = withDestination(record.configuration, table);
      record.onPlanned?.();
    },
    onChild: (child) => record.addChild(toChild(engine, run.configuration, child, findFrame(child.sql))),
    ...(sessionId === undefined ? {} : { sessionId }),
  });
  record.configuration = toFinalConfiguration(run.configuration, outcome);
  record.onPlanned?.();
  return toEnding(engine, run.configuration, outcome, sessionId);
}

export async function dryRunQuery(engine: Engine, run: JobRun): Promise<Pick<JobStatistics, 'totalBytesProcessed' | 'query'>> {
  const outcome: DryRun = await engine.dryRun(toQueryRequest(run, takeQuery(run.configuration)));
  const { totalBytesProcessed, undeclaredQueryParameters, ...rest } = outcome;
  return {
    totalBytesProcessed,
    query: {
      ...(dropUndefined(rest) as QueryStatistics),
      totalBytesProcessed,
      estimatedBytesProcessed: totalBytesProcessed,
      totalBytesBilled: '0',
      cacheHit: false,
      ...(undeclaredQueryParameters.length > 0 ? { undeclaredQueryParameters } : {}),
    },
  };
}

function takeQuery({ query }: JobConfiguration): JobConfigurationQuery {
  if (typeof query?.query !== 'string' || query.query.trim() === '')
    throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: query', location: 'query' });
  if (query.useLegacySql === true)
    throw new BigQueryError({
      reason: 'invalidQuery',
      message: 'Legacy SQL is not supported: set useLegacySql to false',
      location: 'query',
    });
  return query;
}

/** The client's session, a new one where it asks for one, or none. */
async function openSession(engine: Engine, { reference }: JobRun, query: JobConfigurationQuery): Promise<string | undefined> {
  if (query.createSession === true) return engine.createSession(reference.projectId);
  return query.connectionProperties?.find(({ key }) => key === 'session_id')?.value;
}

function toQueryRequest({ reference, configuration }: JobRun, query: JobConfigurationQuery): QueryRequest {
  const { jobId, projectId } = reference;
  return dropUndefined({
    sql: query.query,
    projectId,
    jobId,
    defaultDataset: query.defaultDataset,
    parameters: parseParameters(query.queryParameters),
    parameterMode: toParameterMode(query),
    destination: query.destinationTable,
    writeDisposition: query.writeDisposition,
    createDisposition: query.createDisposition,
    schemaUpdateOptions: query.schemaUpdateOptions,
    timePartitioning: query.timePartitioning,
    clustering: query.clustering,
    tableDefinitions: query.tableDefinitions,
    useQueryCache: parseFlag('useQueryCache', query.useQueryCache) ?? true,
    maximumBytesBilled: query.maximumBytesBilled === undefined ? undefined : String(query.maximumBytesBilled),
    labels: configuration.labels,
  }) as unknown as QueryRequest;
}

function toParameterMode(query: JobConfigurationQuery): string | undefined {
  if (query.queryParameters === undefined || query.queryParameters.length === 0) return undefined;
  if (query.parameterMode) return query.parameterMode.toUpperCase();
  return query.queryParameters.every(({ name }) => name) ? 'NAMED' : 'POSITIONAL';
}

export const dropUndefined = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function toEnding(engine: Engine, configuration: JobConfiguration, outcome: QueryOutcome, sessionId?: string): JobEnding {
  const session = outcome.sessionId ?? sessionId;
  return {
    configuration: toFinalConfiguration(configuration, outcome),
    statistics: toQueryStatistics(outcome),
    ...(session === undefined ? {} : { sessionId: session }),
    ...(outcome.schema === undefined || outcome.destinationTable === undefined
      ? {}
      : { rows: openRows(engine, outcome.destinationTable, outcome.schema, BigInt(outcome.totalRows ?? '0')) }),
  };
}

/** What the client left open is answered with what it came to. */
function toFinalConfiguration(configuration: JobConfiguration, outcome: QueryOutcome): JobConfiguration {
  return withDestination(configuration, outcome.destinationTable ?? outcome.dmlTargetTable ?? outcome.ddlTargetTable);
}

/** The destination is there from the start, where a query has one: Go's client reads it from the answer to jobs.insert. */
function withDestination(configuration: JobConfiguration, destinationTable: TableReference | undefined): JobConfiguration {
  const defaults = { useLegacySql: false, priority: 'INTERACTIVE' };
  const target =
    destinationTable === undefined ? {} : { destinationTable, writeDisposition: 'WRITE_TRUNCATE', createDisposition: 'CREATE_IF_NEEDED' };
  return { ...configuration, query: { ...defaults, ...target, ...configuration.query! } as JobConfigurationQuery };
}

function toChild(engine: Engine, parent: JobConfiguration, outcome: QueryOutcome, frame: StackFrame): ChildJob {
  const { query: _script, ...rest } = parent.query!;
  const configuration = { ...parent, query: { ...rest, query: outcome.sql } };
  const ending = toEnding(engine, configuration, outcome);
  const scriptStatistics = { evaluationKind: outcome.evaluationKind ?? 'STATEMENT', stackFrames: [frame] };
  return {
    configuration: ending.configuration ?? configuration,
    startTime: outcome.startTime,
    endTime: outcome.endTime,
    ending: { ...ending, statistics: { ...ending.statistics, scriptStatistics } },
    ...(outcome.error === undefined ? {} : { failure: toBigQueryError(outcome.error) }),
  };
}

const toBigQueryError = ({ reason, message, location }: NonNullable<QueryOutcome['error']>): BigQueryError =>
  new BigQueryError({ reason: isErrorReason(reason) ? reason : 'invalidQuery', message, location });
