import type { Row } from '../../bigquery/cell.ts';
import type { TableFieldSchema } from '../../bigquery/schema.ts';
import type { TimestampFormat } from '../../bigquery/timestamp.ts';

/** What one recorded answer of jobs.query, getQueryResults or tabledata.list says of the rows. */
export type AnswerPage = {
  readonly fields: readonly TableFieldSchema[] | undefined;
  readonly rows: readonly Row[];
  readonly totalRows: string | undefined;
  readonly nextToken: string | undefined;
};

/** `undefined`: the job was not complete yet, so this answer says nothing of rows. Throws Error when the body is not whole JSON of that shape. */
export function parseAnswerPage(text: string): AnswerPage | undefined {
  const answer = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (answer['jobComplete'] === false) return undefined;
  const schema = answer['schema'] as { readonly fields?: unknown } | undefined;
  return {
    fields: schema?.fields === undefined ? undefined : parseFields(schema.fields),
    rows: Array.isArray(answer['rows']) ? answer['rows'].map(parseRow) : [],
    totalRows: textOf(answer['totalRows']),
    nextToken: textOf(answer['pageToken']),
  };
}

function parseRow(row: unknown): Row {
  if (!Array.isArray((row as Row | null)?.f)) throw new TypeError('a row of it has no cells');
  return row as Row;
}

/** Columns deep enough for BigQuery's limit of 15 levels, and no deeper. */
const maxDepth = 20;

/** Throws Error where these are no columns. */
export function parseFields(fields: unknown, depth = 0): readonly TableFieldSchema[] {
  if (!Array.isArray(fields) || depth > maxDepth) throw new TypeError('its schema has no columns');
  for (const { name, type, fields: inner } of fields as readonly Partial<TableFieldSchema>[]) {
    if (typeof name !== 'string' || typeof type !== 'string') throw new TypeError('a column of it has no name or type');
    if (inner !== undefined) parseFields(inner, depth + 1);
  }
  return fields as readonly TableFieldSchema[];
}

const textOf = (value: unknown): string | undefined => (value === undefined || value === null || value === '' ? undefined : String(value));

/** What the request asked of the page: where it starts and how timestamps are spelled. */
export type PageRequest = {
  readonly pageToken: string | undefined;
  readonly startIndex: number | undefined;
  readonly timestampFormat: TimestampFormat | undefined;
};

export function parsePageRequest(target: string, body: string | undefined): PageRequest {
  const query = new URL(target, 'http://gateway').searchParams;
  const options = body === undefined ? undefined : (parseObject(body)['formatOptions'] as Readonly<Record<string, unknown>> | undefined);
  const startIndex = query.get('startIndex');
  const asked = query.get('formatOptions.timestampOutputFormat') ?? options?.['timestampOutputFormat'];
  const isInt64 = (query.get('formatOptions.useInt64Timestamp') ?? String(options?.['useInt64Timestamp'])) === 'true';
  return {
    pageToken: query.get('pageToken') ?? undefined,
    startIndex: startIndex !== null && /^\d{1,15}$/.test(startIndex) ? Number(startIndex) : undefined,
    timestampFormat: asked === 'INT64' || asked === 'ISO8601_STRING' || asked === 'FLOAT64' ? asked : isInt64 ? 'INT64' : undefined,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
