// BigQuery v2 REST resources as the catalogue keeps and returns them. int64 fields are decimal strings, as on the wire.
import type { TableFieldSchema } from '../../bigquery/schema.ts';

export type DatasetReference = { readonly projectId: string; readonly datasetId: string };
export type TableReference = DatasetReference & { readonly tableId: string };
export type RoutineReference = DatasetReference & { readonly routineId: string };

export type TableSchema = { readonly fields: readonly TableFieldSchema[] };
export type Labels = Readonly<Record<string, string>>;

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets#Dataset; times are epoch milliseconds. */
export type DatasetResource = {
  readonly kind: 'bigquery#dataset';
  readonly id: string;
  readonly etag: string;
  readonly selfLink: string;
  readonly datasetReference: DatasetReference;
  readonly location: string;
  readonly creationTime: string;
  readonly lastModifiedTime: string;
  readonly friendlyName?: string;
  readonly description?: string;
  readonly labels?: Labels;
  readonly defaultTableExpirationMs?: string;
  readonly defaultPartitionExpirationMs?: string;
  readonly defaultCollation?: string;
  readonly isCaseInsensitive?: boolean;
  readonly access?: readonly unknown[];
};

/** What a client may write of a dataset; unknown keys were dropped by the REST surface. */
export type DatasetInput = Partial<Omit<DatasetResource, 'kind' | 'id' | 'etag' | 'selfLink' | 'creationTime' | 'lastModifiedTime'>> & {
  readonly datasetReference: DatasetReference;
};

export type TimePartitioning = {
  readonly type: 'DAY' | 'HOUR' | 'MONTH' | 'YEAR';
  readonly field?: string;
  readonly expirationMs?: string;
  readonly requirePartitionFilter?: boolean;
};
export type RangePartitioning = {
  readonly field: string;
  readonly range: { readonly start: string; readonly end: string; readonly interval: string };
};
export type ViewDefinition = { readonly query: string; readonly useLegacySql?: boolean };
export type TableType = 'TABLE' | 'VIEW' | 'MATERIALIZED_VIEW' | 'SNAPSHOT' | 'EXTERNAL';

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#Table */
export type TableResource = {
  readonly kind: 'bigquery#table';
  readonly id: string;
  readonly etag: string;
  readonly selfLink: string;
  readonly tableReference: TableReference;
  readonly type: TableType;
  readonly schema?: TableSchema;
  readonly numRows?: string;
  readonly numBytes?: string;
  readonly numLongTermBytes?: string;
  readonly creationTime: string;
  readonly lastModifiedTime: string;
  readonly expirationTime?: string;
  readonly location: string;
  readonly friendlyName?: string;
  readonly description?: string;
  readonly labels?: Labels;
  readonly timePartitioning?: TimePartitioning;
  readonly rangePartitioning?: RangePartitioning;
  readonly requirePartitionFilter?: boolean;
  readonly clustering?: { readonly fields: readonly string[] };
  readonly view?: ViewDefinition;
  readonly materializedView?: ViewDefinition & { readonly enableRefresh?: boolean; readonly refreshIntervalMs?: string };
  readonly snapshotDefinition?: { readonly baseTableReference: TableReference; readonly snapshotTime: string };
  /** REST's ExternalDataConfiguration: engine/load/external-config.ts says what of it counts. */
  readonly externalDataConfiguration?: Readonly<Record<string, unknown>>;
  readonly tableConstraints?: unknown;
  readonly defaultCollation?: string;
};

export type TableInput = Partial<
  Omit<TableResource, 'kind' | 'id' | 'etag' | 'selfLink' | 'creationTime' | 'lastModifiedTime' | 'numRows' | 'numBytes' | 'type'>
> & { readonly tableReference: TableReference };

/** A REST StandardSqlDataType: `{ typeKind: 'INT64' }`, `{ typeKind: 'ARRAY', arrayElementType }`, … */
export type StandardSqlType = {
  readonly typeKind: string;
  readonly arrayElementType?: StandardSqlType;
  readonly structType?: { readonly fields: readonly { readonly name?: string; readonly type?: StandardSqlType }[] };
  readonly rangeElementType?: StandardSqlType;
};

export type RoutineArgument = {
  readonly name?: string;
  readonly argumentKind?: 'FIXED_TYPE' | 'ANY_TYPE';
  readonly mode?: 'IN' | 'OUT' | 'INOUT';
  /** Of an aggregate function's argument: false where it is NOT AGGREGATE. */
  readonly isAggregate?: boolean;
  readonly dataType?: StandardSqlType;
};

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/routines#Routine */
export type RoutineResource = {
  readonly etag: string;
  readonly routineReference: RoutineReference;
  readonly routineType: 'SCALAR_FUNCTION' | 'PROCEDURE' | 'TABLE_VALUED_FUNCTION' | 'AGGREGATE_FUNCTION';
  readonly language: 'SQL' | 'JAVASCRIPT';
  readonly creationTime: string;
  readonly lastModifiedTime: string;
  readonly arguments?: readonly RoutineArgument[];
  readonly returnType?: StandardSqlType;
  readonly returnTableType?: { readonly columns: readonly { readonly name: string; readonly type: StandardSqlType }[] };
  readonly importedLibraries?: readonly string[];
  readonly definitionBody: string;
  readonly description?: string;
  readonly determinismLevel?: 'DETERMINISTIC' | 'NOT_DETERMINISTIC';
  readonly strictMode?: boolean;
};

export type RoutineInput = Partial<Omit<RoutineResource, 'etag' | 'creationTime' | 'lastModifiedTime'>> & {
  readonly routineReference: RoutineReference;
};

export type ModelReference = DatasetReference & { readonly modelId: string };

/** A column that a model was made from. */
export type ModelColumn = { readonly name: string; readonly type: StandardSqlType };

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/models#Model */
export type ModelResource = {
  readonly etag: string;
  readonly modelReference: ModelReference;
  readonly creationTime: string;
  readonly lastModifiedTime: string;
  readonly location: string;
  /** `LINEAR_REGRESSION`, `KMEANS`, … */
  readonly modelType: string;
  readonly description?: string;
  readonly friendlyName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly expirationTime?: string;
  readonly featureColumns: readonly ModelColumn[];
  readonly labelColumns?: readonly ModelColumn[];
  readonly trainingRuns: readonly { readonly startTime: string; readonly trainingOptions: Readonly<Record<string, unknown>> }[];
};
