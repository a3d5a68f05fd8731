import { quoteName, quoteText } from '../duck/quote.ts';
import { createInvalid, tableText } from '../failure.ts';
import { PARTITION_TIME_COLUMN, type StoredTable } from './stored-table.ts';

const formats = { HOUR: '%Y%m%d%H', DAY: '%Y%m%d', MONTH: '%Y%m', YEAR: '%Y' } as const;
const idLengths = { YEAR: 4, MONTH: 6, DAY: 8, HOUR: 10 } as const;

export const isPartitioned = ({ resource }: StoredTable): boolean =>
  resource.timePartitioning !== undefined || resource.rangePartitioning !== undefined;

/** DuckDB expression of a row's partition id: `20240101`, `__NULL__`, `__UNPARTITIONED__`; undefined for a table without partitions. */
export function toPartitionKey(table: StoredTable): string | undefined {
  const { timePartitioning, rangePartitioning } = table.resource;
  if (timePartitioning) {
    const column = quoteName(timePartitioning.field ?? PARTITION_TIME_COLUMN);
    return `coalesce(strftime(CAST(timezone('UTC', CAST(${column} AS TIMESTAMPTZ)) AS TIMESTAMP), '${formats[timePartitioning.type]}'), '__NULL__')`;
  }
  if (!rangePartitioning) return undefined;
  const { field, range } = rangePartitioning;
  const column = quoteName(field);
  const bucket = `${range.start} + ((${column} - ${range.start}) // ${range.interval}) * ${range.interval}`;
  const isOutside = `${column} < ${range.start} OR ${column} >= ${range.end}`;
  return `CASE WHEN ${column} IS NULL THEN '__NULL__' WHEN ${isOutside} THEN '__UNPARTITIONED__' ELSE CAST(${bucket} AS VARCHAR) END`;
}

/** DuckDB condition of the rows in one partition. Throws for a table without partitions and an id that none can have. */
export function toPartitionCondition(table: StoredTable, partitionId: string): string {
  const key = toPartitionKey(table);
  if (key === undefined) {
    throw createInvalid(
      `Cannot read partition information from a table that is not partitioned: ${tableText(table.resource.tableReference)}$${partitionId}`,
    );
  }
  checkPartitionId(table, partitionId);
  return `${key} = ${quoteText(partitionId)}`;
}

export function checkPartitionId(table: StoredTable, partitionId: string): void {
  if (/^__(NULL|UNPARTITIONED)__$/.test(partitionId)) return;
  const { timePartitioning, rangePartitioning } = table.resource;
  const isValid = timePartitioning
    ? /^\d+$/.test(partitionId) && partitionId.length === idLengths[timePartitioning.type] && toPartitionTime(partitionId) !== undefined
    : rangePartitioning !== undefined && /^-?\d{1,19}$/.test(partitionId);
  if (!isValid) throw createInvalid(`Invalid partition ID ${partitionId} for table ${tableText(table.resource.tableReference)}`);
}

/** The beginning of a time partition as DuckDB takes it, from its id; undefined for a date that does not exist. */
export function toPartitionTime(partitionId: string): string | undefined {
  const match = /^(\d{4})(\d{2})?(\d{2})?(\d{2})?$/.exec(partitionId);
  if (!match) return undefined;
  const [, year, month = '01', day = '01', hour = '00'] = match;
  const text = `${year}-${month}-${day}T${hour}:00:00.000Z`;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) || time.toISOString() !== text ? undefined : `${year}-${month}-${day} ${hour}:00:00+00`;
}
