// The mock BigQuery's engine: everything BigQuery does behind its REST surface, on DuckDB. `createEngine` is in create-engine.ts.
import type { Readable } from 'node:stream';
import type { CreateDisposition, QueryParameter, QueryParameterType, QueryParameterValue, WriteDisposition } from '../../bigquery/job.ts';
import type { EngineCatalog } from './engine-catalog.ts';
import type { DatasetReference, RoutineReference, TableInput, TableReference, TableSchema } from './resource.ts';

export type EngineOptions = {
  /** Where everything is kept; without it all is in memory and gone after `close()`. */
  readonly directory?: string;
  readonly threads?: number;
  /** DuckDB's own word for it: '1GB'. */
  readonly memoryLimit?: string;
  /** How much of what does not fit into memory may go to disk; statements that need more fail. */
  readonly spillLimit?: string;
  /** Of one request, a script included. None unless told. */
  readonly statementTimeoutMs?: number;
  readonly location?: string;
  /** How long anonymous result tables live; BigQuery keeps them 24 hours. */
  readonly resultLifetimeMs?: number;
  /** How often expired tables and partitions are let go of; every minute unless told. */
  readonly sweepIntervalMs?: number;
  /** Room for what tables held before, for time travel: about so many bytes. 512 MiB unless told. */
  readonly historyBytes?: number;
  /** Whether CREATE in a dataset that is not there fails, as in BigQuery; by default it makes the dataset. */
  readonly strictDatasets?: boolean;
  /** Limits of one JavaScript UDF call batch. */
  readonly javascript?: { readonly timeoutMs?: number; readonly memoryMb?: number };
  /** The jobs behind INFORMATION_SCHEMA.JOBS*: the REST surface owns the job list. */
  readonly jobs?: (projectId: string) => Iterable<JobFacts>;
  /** Files by their `gs://` address, for LOAD DATA, EXPORT DATA and external tables; without it there are none. */
  readonly objects?: EngineObjects;
};

export type EngineObjects = {
  /** The local files of an address; `*` in it stands for anything. Throws notFound. */
  resolve(uri: string): readonly string[];
  /** A path for a new file, which `put` then takes over. */
  createPath(): string;
  put(uri: string, path: string): Promise<unknown>;
};

export interface Engine {
  readonly catalog: EngineCatalog;
  readonly location: string;
  /** Runs a statement or a script to its end. Throws BigQueryError (Google's code, reason and text); an aborted signal gives reason `stopped`. */
  query(request: QueryRequest): Promise<QueryOutcome>;
  /** Analyses without running. Throws what BigQuery's dry run would answer. */
  dryRun(request: QueryRequest): Promise<DryRun>;
  /** tabledata.insertAll. Throws notFound; what is wrong with rows is in the outcome. */
  insertRows(table: TableReference, rows: readonly InsertRow[], options?: InsertOptions): Promise<InsertOutcome>;
  /** A load job. Throws `invalid` with the first error's text and all of them in `errors`. */
  load(request: LoadRequest): Promise<LoadOutcome>;
  /** A copy job (also snapshot, restore, clone). */
  copy(request: CopyRequest): Promise<CopyOutcome>;
  /** An extract job: the bytes of one file, in the order of the table. */
  extract(request: ExtractRequest): Promise<ExtractOutcome>;
  /** Pages of a table or result table in REST cell form; never the whole table in JavaScript. */
  readRows(table: TableReference, options?: ReadOptions): AsyncIterable<readonly Row[]>;
  /** Rows a table holds now; a result table knows it without counting. */
  countRows(table: TableReference): Promise<bigint>;
  /**
   * Appends what a query in DuckDB's own SQL gives, columns in the table's order; answers the count. For seeds and benchmarks: this is no door for
   * a client's text.
   */
  fillTable(table: TableReference, duckSql: string): Promise<bigint>;
  /** A session for `createSession: true`; statements with its id share temp tables, variables and an open transaction. */
  createSession(projectId: string): Promise<string>;
  /** CALL BQ.ABORT_SESSION, or the client's way out: rolls back, drops temp tables. */
  closeSession(sessionId: string): Promise<void>;
  close(): Promise<void>;
}

/** One row as tabledata.list gives it: `{ f: [{ v }] }`. Scalars are strings, NULL is null, repeated is `[{ v }]`, records are rows. TIMESTAMP is int64 microseconds. */
export type Row = { readonly f: readonly Cell[] };
export type Cell = { readonly v: CellValue };
export type CellValue = string | null | Row | readonly Cell[];

export type { CreateDisposition, QueryParameter, QueryParameterType, QueryParameterValue, WriteDisposition };
export type SchemaUpdateOption = 'ALLOW_FIELD_ADDITION' | 'ALLOW_FIELD_RELAXATION';

export type QueryRequest = {
  readonly sql: string;
  readonly projectId: string;
  readonly defaultDataset?: { readonly projectId?: string; readonly datasetId: string };
  readonly parameters?: readonly QueryParameter[];
  readonly parameterMode?: 'NAMED' | 'POSITIONAL';
  readonly destination?: TableReference;
  readonly writeDisposition?: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
  readonly schemaUpdateOptions?: readonly SchemaUpdateOption[];
  readonly timePartitioning?: TableInput['timePartitioning'];
  readonly clustering?: TableInput['clustering'];
  /** Whether an equal query's result may serve again; not unless told, whereas REST's default is yes. */
  readonly useQueryCache?: boolean;
  /** External tables of this request alone, by name: REST's ExternalDataConfiguration. */
  readonly tableDefinitions?: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
  /** Decimal string of bytes, as in the REST configuration. */
  readonly maximumBytesBilled?: string;
  readonly userEmail?: string;
  /** The job's own id, for @@script.job_id. */
  readonly jobId?: string;
  readonly signal?: AbortSignal;
  /** Called as each statement of a script begins and ends, so that child jobs can be listed while the script runs. */
  readonly onChild?: (child: QueryOutcome) => void;
  /** Called before the statement runs: with the anonymous table that the rows of a query go to, with none for every other statement and for scripts. */
  readonly onDestination?: (table: TableReference | undefined) => void;
};

export type DmlStats = { readonly insertedRowCount?: string; readonly updatedRowCount?: string; readonly deletedRowCount?: string };

export type QueryOutcome = {
  /** BigQuery's word: SELECT, INSERT, CREATE_TABLE_AS_SELECT, SCRIPT, … */
  readonly statementType: string;
  readonly sql: string;
  /** Times in epoch milliseconds. */
  readonly startTime: number;
  readonly endTime: number;
  /** Of the rows to fetch; absent where a statement answers none. */
  readonly schema?: TableSchema;
  /** The table that holds the rows: the request's own, or an anonymous one. */
  readonly destinationTable?: TableReference;
  readonly totalRows?: string;
  readonly numDmlAffectedRows?: string;
  readonly dmlStats?: DmlStats;
  readonly totalBytesProcessed: string;
  readonly totalBytesBilled: string;
  readonly referencedTables: readonly TableReference[];
  readonly referencedRoutines: readonly RoutineReference[];
  readonly ddlOperationPerformed?: 'CREATE' | 'SKIP' | 'REPLACE' | 'DROP' | 'ALTER';
  /** The table that DML changed. */
  readonly dmlTargetTable?: TableReference;
  readonly ddlTargetTable?: TableReference;
  readonly ddlTargetRoutine?: RoutineReference;
  readonly ddlTargetDataset?: DatasetReference;
  readonly ddlDestinationTable?: TableReference;
  /** Of LOAD DATA. */
  readonly loadQueryStatistics?: Omit<LoadOutcome, 'warnings'>;
  /** Of EXPORT DATA. */
  readonly exportDataStatistics?: { readonly fileCount: string; readonly rowCount: string };
  readonly undeclaredQueryParameters?: readonly QueryParameter[];
  /** Statements of a script, in order of execution; a single statement has none. */
  readonly children: readonly QueryOutcome[];
  /** Set on a child that failed and was handled by the script, or that ended it. */
  readonly error?: { readonly reason: string; readonly message: string; readonly location?: string };
  readonly evaluationKind?: 'STATEMENT' | 'EXPRESSION';
  readonly sessionId?: string;
  readonly transactionId?: string;
  readonly cacheHit: boolean;
};

export type DryRun = {
  readonly statementType: string;
  readonly schema?: TableSchema;
  readonly totalBytesProcessed: string;
  readonly totalBytesProcessedAccuracy: 'PRECISE' | 'LOWER_BOUND' | 'UPPER_BOUND' | 'UNKNOWN';
  readonly referencedTables: readonly TableReference[];
  readonly referencedRoutines: readonly RoutineReference[];
  readonly ddlOperationPerformed?: QueryOutcome['ddlOperationPerformed'];
  readonly ddlTargetTable?: TableReference;
  readonly undeclaredQueryParameters: readonly QueryParameter[];
};

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type InsertRow = { readonly insertId?: string; readonly json: { readonly [key: string]: Json } };
export type InsertOptions = {
  readonly skipInvalidRows?: boolean;
  readonly ignoreUnknownValues?: boolean;
  readonly templateSuffix?: string;
};
export type RowError = { readonly reason: string; readonly location: string; readonly debugInfo: string; readonly message: string };
/** `insertErrors` as in the REST answer; empty means all rows are in. */
export type InsertOutcome = { readonly insertErrors: readonly { readonly index: number; readonly errors: readonly RowError[] }[] };

export type LoadSource = { readonly path: string } | { readonly stream: Readable | AsyncIterable<Uint8Array> };
export type LoadFormat = 'CSV' | 'NEWLINE_DELIMITED_JSON' | 'PARQUET' | 'AVRO' | 'ORC' | 'DATASTORE_BACKUP';
export type LoadRequest = {
  readonly destination: TableReference;
  /** One entry per source URI or upload; gzip is recognised by its first bytes. */
  readonly sources: readonly LoadSource[];
  readonly format?: LoadFormat;
  readonly schema?: TableSchema;
  readonly autodetect?: boolean;
  readonly writeDisposition?: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
  readonly schemaUpdateOptions?: readonly SchemaUpdateOption[];
  readonly maxBadRecords?: number;
  readonly ignoreUnknownValues?: boolean;
  readonly skipLeadingRows?: number;
  readonly fieldDelimiter?: string;
  readonly quote?: string;
  readonly nullMarker?: string;
  readonly nullMarkers?: readonly string[];
  /** Unless set, a record with a NUL is bad. */
  readonly preserveAsciiControlCharacters?: boolean;
  readonly allowJaggedRows?: boolean;
  readonly allowQuotedNewlines?: boolean;
  readonly encoding?: string;
  /** Of AVRO: `logicalType` decides about columns; without it a date is an INTEGER. */
  readonly useAvroLogicalTypes?: boolean;
  /** Of AVRO and PARQUET: what decimals may become, the first that fits of NUMERIC, BIGNUMERIC, STRING. */
  readonly decimalTargetTypes?: readonly string[];
  readonly timePartitioning?: TableInput['timePartitioning'];
  readonly rangePartitioning?: TableInput['rangePartitioning'];
  readonly clustering?: TableInput['clustering'];
  readonly labels?: TableInput['labels'];
  readonly description?: string;
  readonly signal?: AbortSignal;
};
export type LoadOutcome = {
  readonly outputRows: string;
  readonly outputBytes: string;
  readonly inputFiles: string;
  readonly inputFileBytes: string;
  readonly badRecords: string;
  readonly warnings: readonly { readonly reason: string; readonly message: string; readonly location?: string }[];
};

export type CopyRequest = {
  readonly sources: readonly TableReference[];
  readonly destination: TableReference;
  readonly operationType?: 'COPY' | 'SNAPSHOT' | 'RESTORE' | 'CLONE';
  readonly writeDisposition?: WriteDisposition;
  readonly createDisposition?: CreateDisposition;
  readonly signal?: AbortSignal;
};
export type CopyOutcome = { readonly copiedRows: string; readonly copiedLogicalBytes: string };

export type ExtractRequest = {
  readonly source: TableReference;
  readonly format?: 'CSV' | 'NEWLINE_DELIMITED_JSON' | 'PARQUET' | 'AVRO';
  readonly compression?: 'NONE' | 'GZIP' | 'SNAPPY' | 'ZSTD' | 'DEFLATE';
  readonly fieldDelimiter?: string;
  readonly printHeader?: boolean;
  readonly useAvroLogicalTypes?: boolean;
  readonly outputPath: string;
  readonly signal?: AbortSignal;
};
export type ExtractOutcome = { readonly rows: string; readonly inputBytes: string; readonly outputBytes: string };

export type ReadOptions = {
  readonly startIndex?: bigint | number | string;
  readonly maxResults?: number;
  /** Top-level or dotted names, case-insensitive; order is the schema's. */
  readonly selectedFields?: readonly string[];
  /** Rows per yielded page; at most what one DuckDB read brings. */
  readonly pageRows?: number;
  readonly signal?: AbortSignal;
};

/** What INFORMATION_SCHEMA.JOBS shows of a job. Times in epoch milliseconds. */
export type JobFacts = {
  readonly jobId: string;
  readonly projectId: string;
  readonly userEmail: string;
  readonly jobType: string;
  readonly statementType?: string;
  readonly state: 'PENDING' | 'RUNNING' | 'DONE';
  readonly creationTime: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly query?: string;
  readonly totalBytesProcessed?: string;
  readonly totalBytesBilled?: string;
  readonly cacheHit?: boolean;
  readonly destinationTable?: TableReference;
  readonly referencedTables?: readonly TableReference[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly errorResult?: { readonly reason: string; readonly message: string; readonly location?: string };
  readonly parentJobId?: string;
  readonly sessionId?: string;
};
