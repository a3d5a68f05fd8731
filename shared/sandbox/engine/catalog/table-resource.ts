import { createInvalid, tableText } from '../failure.ts';
import type { DatasetResource, TableInput, TableReference, TableResource, TableSchema, TableType, TimePartitioning } from '../resource.ts';
import { parseSchema } from './parse-schema.ts';
import { createStamp } from './resource-stamp.ts';

/** The resource of a new table, its schema checked and put in BigQuery's own spelling. */
export function toTableResource(input: TableInput, dataset: DatasetResource, schema: TableSchema | undefined): TableResource {
  const { tableReference: reference, schema: _, ...rest } = input;
  const now = Date.now();
  const { projectId, datasetId, tableId } = reference;
  const checked = schema === undefined ? undefined : parseSchema(schema);
  checkPartitioning(input, checked);
  // Partitions of a partitioned table expire instead of the table.
  const lifetime = input.timePartitioning ? undefined : dataset.defaultTableExpirationMs;
  const partitioning = toTimePartitioning(input, dataset);
  return {
    ...(lifetime === undefined ? {} : { expirationTime: String(now + Number(lifetime)) }),
    ...rest,
    ...(partitioning && { timePartitioning: partitioning }),
    ...(checked === undefined ? {} : { schema: checked }),
    kind: 'bigquery#table',
    id: tableText(reference),
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${projectId}/datasets/${datasetId}/tables/${tableId}`,
    tableReference: { projectId, datasetId, tableId },
    type: typeOf(input),
    location: dataset.location,
    creationTime: String(now),
    ...createStamp(),
  };
}

function toTimePartitioning(
  { timePartitioning }: TableInput,
  { defaultPartitionExpirationMs }: DatasetResource,
): TimePartitioning | undefined {
  if (!timePartitioning || timePartitioning.expirationMs !== undefined || defaultPartitionExpirationMs === undefined)
    return timePartitioning;
  return { ...timePartitioning, expirationMs: defaultPartitionExpirationMs };
}

const typeOf = (input: TableInput): TableType =>
  input.view
    ? 'VIEW'
    : input.materializedView
      ? 'MATERIALIZED_VIEW'
      : input.snapshotDefinition
        ? 'SNAPSHOT'
        : input.externalDataConfiguration
          ? 'EXTERNAL'
          : 'TABLE';

export function checkTableId({ tableId }: TableReference): void {
  if (/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}$@#]{1,1024}$/u.test(tableId)) return;
  throw createInvalid(
    `Invalid table ID "${tableId}". Table IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long. Also, Table decorators cannot be used.`,
  );
}

const partitionTypes = ['DATE', 'TIMESTAMP', 'DATETIME'];

function checkPartitioning({ timePartitioning, rangePartitioning, clustering }: TableInput, schema: TableSchema | undefined): void {
  const typeNamed = (name: string): string | undefined =>
    schema?.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.type;
  const field = timePartitioning?.field ?? rangePartitioning?.field;
  if (field !== undefined) {
    const type = typeNamed(field);
    if (type === undefined) throw createInvalid(`The field specified for partitioning cannot be found in the schema: ${field}`);
    if (timePartitioning && !partitionTypes.includes(type)) {
      throw createInvalid(
        `The field specified for time partitioning can only be of type TIMESTAMP, DATE or DATETIME. The type found is: ${type}.`,
      );
    }
    if (rangePartitioning && type !== 'INTEGER') {
      throw createInvalid(`The field specified for range partitioning can only be of type INTEGER. The type found is: ${type}.`);
    }
  }
  for (const name of clustering?.fields ?? []) {
    if (schema && typeNamed(name) === undefined)
      throw createInvalid(`The field specified for clustering cannot be found in the schema: ${name}`);
  }
}
