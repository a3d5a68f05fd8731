import type { Row } from '../../../bigquery/cell.ts';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { isRepeated, parseRestType, type TableFieldSchema } from '../../../bigquery/schema.ts';
import { parseTimestampMicros, type TimestampFormat, toTimestampCell } from '../../../bigquery/timestamp.ts';

type Cell = Row['f'][number]['v'];
type Rewrite = (cell: Cell) => Cell;

/** The request's choice: `timestampOutputFormat` or `useInt64Timestamp`, seconds as a float without either. Throws where the two contradict. */
export function parseTimestampFormat(output: unknown, useInt64Timestamp: boolean | undefined): TimestampFormat {
  if ((output === 'ISO8601_STRING' || output === 'FLOAT64') && useInt64Timestamp === true)
    throw new BigQueryError({ reason: 'invalid', message: 'Cannot specify both use_int64_timestamp and timestamp_output_format.' });
  if (output === 'INT64' || output === 'ISO8601_STRING' || output === 'FLOAT64') return output;
  if (output === undefined || output === null || output === '' || output === 'TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED')
    return useInt64Timestamp ? 'INT64' : 'FLOAT64';
  throw new BigQueryError({ reason: 'invalidParameter', message: `Invalid value for timestampOutputFormat: ${String(output)}` });
}

/** Respells the TIMESTAMP cells of rows; undefined when there is nothing to respell. */
export function createRowRewrite(
  fields: readonly TableFieldSchema[],
  from: TimestampFormat,
  to: TimestampFormat,
): ((row: Row) => Row) | undefined {
  if (from === to) return undefined;
  const rewrites = fields.map((field) => createFieldRewrite(field, from, to));
  if (rewrites.every((rewrite) => rewrite === undefined)) return undefined;
  return (row) => ({ f: row.f.map(({ v }, index) => ({ v: rewriteCell(rewrites[index], v) })) });
}

const rewriteCell = (rewrite: Rewrite | undefined, cell: Cell): Cell => (rewrite === undefined || cell === null ? cell : rewrite(cell));

function createFieldRewrite(field: TableFieldSchema, from: TimestampFormat, to: TimestampFormat): Rewrite | undefined {
  const rewrite = createScalarRewrite(field, from, to);
  if (rewrite === undefined || !isRepeated(field)) return rewrite;
  return (cell) => (cell as readonly { v: Cell }[]).map(({ v }) => ({ v: rewriteCell(rewrite, v) }));
}

function createScalarRewrite(field: TableFieldSchema, from: TimestampFormat, to: TimestampFormat): Rewrite | undefined {
  const type = parseRestType(field.type);
  if (type === 'TIMESTAMP') return (cell) => respell(cell as string, from, to);
  if (type === 'RECORD') return createRowRewrite(field.fields ?? [], from, to) as Rewrite | undefined;
  const isTimestampRange = type === 'RANGE' && field.rangeElementType?.type.toUpperCase() === 'TIMESTAMP';
  return isTimestampRange ? (cell) => (cell as string).replaceAll(/[^[\s,)]+/g, (bound) => respell(bound, from, to)) : undefined;
}

/** `UNBOUNDED` of a range is no timestamp, and stays. */
function respell(text: string, from: TimestampFormat, to: TimestampFormat): string {
  const micros = parseTimestampMicros(text, from);
  return micros === undefined ? text : toTimestampCell(micros, to);
}
