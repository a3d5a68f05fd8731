import type { DuckDBConnection } from '@duckdb/node-api';
import type { ResultExchange } from '../result/read-result-pages.ts';

export type ListedExchange = ResultExchange & {
  /** It may have a body. */
  readonly asks: boolean;
  readonly requestEncoding: string | undefined;
  readonly responseEncoding: string | undefined;
};

/** The exchanges whose answers together are one result, in the order of recording. */
export type ListedResult = {
  /** Of the exchange that began it. */
  readonly number: number;
  readonly exchanges: readonly ListedExchange[];
  /** Of all its answers, as recorded. */
  readonly bytes: number;
  readonly isMasked: boolean;
};

const maxExchanges = 100_000;
const windowRows = 4_096;

const encoding = (headers: string): string =>
  `lower(list_filter(from_json(${headers}, '[["VARCHAR"]]'), lambda header: lower(header[1]) = 'content-encoding')[1][2])`;

/** Rows of one job belong together, whoever fetched them; so do the pages of one table's listing. An answer without a job stands alone. */
const createListing = `
  CREATE TEMP TABLE result_exchange AS
  WITH keyed AS (
    SELECT number, exchange_id, target, http_method, CASE
      WHEN method_id = 'bigquery.tabledata.list' THEN ['list', split_part(target, '?', 1)]
      WHEN job_id IS NULL THEN ['exchange', exchange_id]
      ELSE ['job', job_project_id, job_id] END AS result_key
    FROM exchange WHERE has_result
  ), answer AS (
    SELECT number, sum(bytes) FILTER (side = 'response') AS bytes, count(*) FILTER (side = 'upstream-response') AS masked FROM body GROUP BY number
  )
  SELECT first_value(number) OVER own AS result, number, exchange_id, target, http_method <> 'GET' AS asks,
    ${encoding('request_headers')} AS request_encoding, ${encoding('response_headers')} AS response_encoding,
    coalesce(sum(bytes) OVER (PARTITION BY result_key), 0)::BIGINT AS bytes, coalesce(sum(masked) OVER (PARTITION BY result_key), 0) > 0 AS masked
  FROM keyed LEFT JOIN answer USING (number) LEFT JOIN head USING (number)
  WINDOW own AS (PARTITION BY result_key ORDER BY number)
  QUALIFY row_number() OVER own <= ${maxExchanges}
  ORDER BY result, number`;

/** The results of a bundle whose tables are filled, in the order in which they began. Memory holds the list of one of them. */
export async function* listResults(connection: DuckDBConnection): AsyncGenerator<ListedResult> {
  await connection.run(createListing);
  let open: (ListedResult & { exchanges: ListedExchange[] }) | undefined;
  for (let from = 0; ; from += windowRows) {
    const reader = await connection.runAndReadAll(
      `SELECT * FROM result_exchange WHERE rowid >= ${from} AND rowid < ${from + windowRows} ORDER BY rowid`,
    );
    const rows = reader.getRowObjectsJS();
    for (const row of rows) {
      const number = Number(row['result']);
      if (open !== undefined && open.number !== number) {
        yield open;
        open = undefined;
      }
      open ??= { number, exchanges: [], bytes: Number(row['bytes']), isMasked: row['masked'] === true };
      open.exchanges.push(toExchange(row));
    }
    if (rows.length < windowRows) break;
  }
  if (open !== undefined) yield open;
  await connection.run('DROP TABLE result_exchange');
}

const toExchange = (row: Readonly<Record<string, unknown>>): ListedExchange => ({
  exchangeId: String(row['exchange_id']),
  number: Number(row['number']),
  target: String(row['target']),
  asks: row['asks'] === true,
  requestEncoding: (row['request_encoding'] as string | null) ?? undefined,
  responseEncoding: (row['response_encoding'] as string | null) ?? undefined,
});
