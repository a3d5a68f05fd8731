import type { Row } from './cell.ts';
import type { ErrorProto } from './error-envelope.ts';
import type { TableSchema } from './schema.ts';

// The shapes of jobs as REST has them. Every INT64 is a decimal string. Only what Steno reads or writes is named; the rest passes as `unknown`.

export type TableReference = { readonly projectId: string; readonly datasetId: string; readonly tableId: string };
export type DatasetReference = { readonly projectId: string; readonly datasetId: string };
export type RoutineReference = { readonly projectId: string; readonly datasetId: string; readonly routineId: string };
export type JobReference = { readonly projectId: string; readonly jobId: string; readonly location?: string };

export type JobState = 'PENDING' | 'RUNNING' | 'DONE';
export type JobType = 'QUERY' | 'LOAD' | 'COPY' | 'EXTRACT';
export type WriteDisposition = 'WRITE_TRUNCATE' | 'WRITE_TRUNCATE_DATA' | 'WRITE_APPEND' | 'WRITE_EMPTY';
export type CreateDisposition = 'CREATE_IF_NEEDED' | 'CREATE_NEVER';

export type QueryParameterType = {
  readonly type: string;
  readonly arrayType?: QueryParameterType;
  readonly structTypes?: readonly { readonly name?: string; readonly type: QueryParameterType }[];
  readonly rangeElementType?: QueryParameterType;
};
export type QueryParameterValue = {
  readonly value?: string | null;
  readonly arrayValues?: readonly QueryParameterValue[];
  readonly structValues?: Readonly<Record<string, QueryParameterValue>>;
  readonly rangeValue?: { readonly start?: QueryParameterValue; readonly end?: QueryParameterValue };
};
export type QueryParameter = {
  readonly name?: string;
  readonly parameterType: QueryParameterType;
  readonly parameterValue: QueryParameterValue;
};

export type ConnectionProperty = { readonly key: string; readonly value: string };

/** What jobs.query and a query job's configuration have in common. */
export type QueryOptions = {
  readonly query: string;
  readonly useLegacySql?: boolean;
  readonly defaultDataset?: { readonly projectId?: string; readonly datasetId: string };
  readonly parameterMode?: string;
  readonly queryParameters?: readonly QueryParameter[];
  readonly maximumBytesBilled?: string;
  readonly useQueryCache?: boolean;
  readonly createSession?: boolean;
  readonly connectionProperties?: readonly ConnectionProperty[];
  readonly continuous?: boolean;
  readonly destinationEncryptionConfiguration?: unknown;
};

export type JobConfigurationQuery = QueryOptions & {
  readonly destinationTable?: TableReference;
  readonly writeDisposition?: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
  readonly priority?: string;
  readonly schemaUpdateOptions?: readonly string[];
  readonly tableDefinitions?: Readonly<Record<string, unknown>>;
  readonly timePartitioning?: unknown;
  readonly rangePartitioning?: unknown;
  readonly clustering?: unknown;
  readonly scriptOptions?: unknown;
};

export type JobConfigurationLoad = {
  readonly destinationTable: TableReference;
  readonly sourceUris?: readonly string[];
  readonly sourceFormat?: string;
  readonly schema?: TableSchema;
  readonly schemaInline?: string;
  readonly autodetect?: boolean;
  readonly writeDisposition?: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
  readonly skipLeadingRows?: number;
  readonly fieldDelimiter?: string;
  readonly quote?: string;
  readonly nullMarker?: string;
  readonly allowQuotedNewlines?: boolean;
  readonly allowJaggedRows?: boolean;
  readonly ignoreUnknownValues?: boolean;
  readonly maxBadRecords?: number;
  readonly encoding?: string;
  readonly schemaUpdateOptions?: readonly string[];
  readonly [other: string]: unknown;
};

export type JobConfigurationCopy = {
  readonly sourceTable?: TableReference;
  readonly sourceTables?: readonly TableReference[];
  readonly destinationTable: TableReference;
  readonly writeDisposition?: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
  readonly operationType?: string;
};

export type JobConfigurationExtract = {
  readonly sourceTable?: TableReference;
  readonly sourceModel?: unknown;
  readonly destinationUri?: string;
  readonly destinationUris?: readonly string[];
  readonly destinationFormat?: string;
  readonly compression?: string;
  readonly fieldDelimiter?: string;
  readonly printHeader?: boolean;
};

export type JobConfiguration = {
  readonly jobType?: JobType;
  readonly query?: JobConfigurationQuery;
  readonly load?: JobConfigurationLoad;
  readonly copy?: JobConfigurationCopy;
  readonly extract?: JobConfigurationExtract;
  readonly dryRun?: boolean;
  readonly jobTimeoutMs?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly reservation?: string;
};

export type DmlStats = { readonly insertedRowCount?: string; readonly deletedRowCount?: string; readonly updatedRowCount?: string };

export type QueryStatistics = {
  readonly statementType?: string;
  readonly totalBytesProcessed?: string;
  readonly totalBytesProcessedAccuracy?: string;
  readonly totalBytesBilled?: string;
  readonly cacheHit?: boolean;
  readonly schema?: TableSchema;
  readonly referencedTables?: readonly TableReference[];
  readonly referencedRoutines?: readonly RoutineReference[];
  readonly numDmlAffectedRows?: string;
  readonly dmlStats?: DmlStats;
  readonly ddlOperationPerformed?: string;
  readonly ddlTargetTable?: TableReference;
  readonly ddlTargetRoutine?: RoutineReference;
  readonly ddlTargetDataset?: DatasetReference;
  readonly undeclaredQueryParameters?: readonly QueryParameter[];
  readonly [other: string]: unknown;
};

export type JobStatistics = {
  readonly creationTime?: string;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly totalBytesProcessed?: string;
  readonly totalSlotMs?: string;
  readonly query?: QueryStatistics;
  readonly load?: Readonly<Record<string, unknown>>;
  readonly copy?: Readonly<Record<string, unknown>>;
  readonly extract?: Readonly<Record<string, unknown>>;
  readonly parentJobId?: string;
  readonly numChildJobs?: string;
  readonly scriptStatistics?: unknown;
  readonly sessionInfo?: { readonly sessionId: string };
  readonly [other: string]: unknown;
};

export type JobStatus = { readonly state: JobState; readonly errorResult?: ErrorProto; readonly errors?: readonly ErrorProto[] };

export type Job = {
  readonly kind: 'bigquery#job';
  readonly etag?: string;
  readonly id?: string;
  readonly selfLink?: string;
  readonly user_email?: string;
  readonly jobReference?: JobReference;
  readonly configuration: JobConfiguration;
  readonly status: JobStatus;
  readonly statistics: JobStatistics;
  readonly jobCreationReason?: { readonly code: string };
};

/** The body of jobs.query. */
export type QueryRequest = QueryOptions & {
  readonly dryRun?: boolean;
  readonly formatOptions?: { readonly useInt64Timestamp?: boolean; readonly timestampOutputFormat?: string };
  readonly jobCreationMode?: string;
  readonly jobTimeoutMs?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly location?: string;
  readonly maxResults?: number;
  readonly requestId?: string;
  readonly reservation?: string;
  readonly timeoutMs?: number;
  readonly preserveNulls?: boolean;
};

/** What jobs.query and jobs.getQueryResults answer (the latter without `queryId` and statistics). */
export type QueryResponse = {
  readonly kind: string;
  readonly schema?: TableSchema;
  readonly jobReference?: JobReference;
  readonly queryId?: string;
  readonly jobComplete: boolean;
  readonly totalRows?: string;
  readonly pageToken?: string;
  readonly rows?: readonly Row[];
  readonly totalBytesProcessed?: string;
  readonly totalBytesBilled?: string;
  readonly cacheHit?: boolean;
  readonly errors?: readonly ErrorProto[];
  readonly numDmlAffectedRows?: string;
  readonly dmlStats?: DmlStats;
  readonly sessionInfo?: { readonly sessionId: string };
  readonly location?: string;
};

/** How an unknown job is called in texts: `p:US.id`. */
export const toJobName = ({ projectId, location, jobId }: JobReference): string =>
  location === undefined ? `${projectId}:${jobId}` : `${projectId}:${location}.${jobId}`;

export const toTableName = ({ projectId, datasetId, tableId }: TableReference): string => `${projectId}:${datasetId}.${tableId}`;
