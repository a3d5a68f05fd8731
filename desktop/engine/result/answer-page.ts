import type { Row } from '../../../shared/bigquery/cell.ts';
import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { TimestampFormat } from '../../../shared/bigquery/timestamp.ts';

/** What one recorded answer of jobs.query, getQueryResults or tabledata.list says of the rows. */
export type AnswerPage = {
  readonly fields: readonly TableFieldSchema[] | undefined;
  readonly rows: readonly Row[];
  readonly totalRows: string | undefined;
  readonly nextToken: string | undefined;
};

/** `undefined`: the job was not complete yet, so this answer says nothing of rows. Throws SyntaxError when the body is not whole JSON. */
export function parseAnswerPage(text: string): AnswerPage | undefined {
  const answer = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (answer['jobComplete'] === false) return undefined;
  const schema = answer['schema'] as { readonly fields?: readonly TableFieldSchema[] } | undefined;
  return {
    fields: schema?.fields,
    rows: Array.isArray(answer['rows']) ? (answer['rows'] as readonly Row[]) : [],
    totalRows: textOf(answer['totalRows']),
    nextToken: textOf(answer['pageToken']),
  };
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
