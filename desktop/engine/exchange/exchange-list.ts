import type { ExchangeRow, ExchangeSort } from '../../../shared/contract/exchange.ts';
import type { SqlValue } from '../database/case-database.ts';
import { filterToSql } from '../filter/filter-to-sql.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import type { ReviewCase } from '../review-case.ts';
import { toExchangeRow } from './exchange-row.ts';

type ListRequest = { readonly filter: string; readonly sort?: ExchangeSort | undefined };
type ListWindow = ListRequest & { readonly offset: number; readonly limit: number };

/** Lists kept for scrolling: each is the matching numbers in order, so that any window is a look-up, however far down. */
const keptLists = 4;

const sortExpressions: Readonly<Record<ExchangeSort['by'], string>> = {
  number: 'number',
  at: 'started_at',
  durationMs: 'duration_ms',
  who: 'who',
  methodId: 'method_id',
  statementType: 'statement_type',
  outcome: 'outcome',
  status: 'status',
  totalBytesProcessed: 'total_bytes_processed',
  totalRows: 'total_rows',
  bytesToClient: 'bytes_to_client',
};

export type ExchangeList = {
  /** Throws EngineError FILTER_SYNTAX or FILTER_VALUE. */
  window(request: ListWindow): Promise<{ readonly total: number; readonly rows: ExchangeRow[] }>;
  locate(request: ListRequest & { readonly exchangeId: string }): Promise<number | undefined>;
};

type Kept = { readonly key: string; readonly table: string; readonly total: number };

export function createExchangeList(review: ReviewCase): ExchangeList {
  const { database } = review;
  let kept: readonly Kept[] = [];
  let made = 0;
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time, so that a list is never dropped between being found and being read. */
  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = turn.then(work, work);
    turn = result.catch(() => undefined);
    return result;
  }

  async function keep({ filter, sort }: ListRequest): Promise<Kept> {
    const key = JSON.stringify([review.revision, filter.trim(), sort ?? null]);
    const found = kept.find((each) => each.key === key);
    if (found !== undefined) return found;
    const { where, values } = filterToSql(parseFilter(filter));
    const table = `list_${++made}`;
    await database.gate.shared(() => database.run(`CREATE TABLE ${table} AS ${toListQuery(where, sort)}`, values));
    const [count] = await database.all(`SELECT count(*) AS total FROM ${table}`);
    const list = { key, table, total: Number(count?.['total'] ?? 0) };
    const gone = kept.slice(keptLists - 1);
    kept = [list, ...kept.slice(0, keptLists - 1)];
    for (const each of gone) await database.run(`DROP TABLE ${each.table}`);
    return list;
  }

  return {
    window: (request) =>
      inTurn(async () => {
        const { table, total } = await keep(request);
        const bounds: readonly SqlValue[] = [BigInt(request.offset), BigInt(request.offset + request.limit)];
        const rows = await database.all(
          `SELECT e.* FROM ${table} l JOIN exchange e USING (number) WHERE l.position >= $1 AND l.position < $2 ORDER BY l.position`,
          bounds,
        );
        return { total, rows: rows.map((row) => toExchangeRow(row)) };
      }),
    locate: (request) =>
      inTurn(async () => {
        const { table } = await keep(request);
        const [row] = await database.all(
          `SELECT position FROM ${table} WHERE number = (SELECT number FROM exchange WHERE exchange_id = $1 LIMIT 1)`,
          [request.exchangeId],
        );
        return row === undefined ? undefined : Number(row['position']);
      }),
  };
}

function toListQuery(where: string, sort: ExchangeSort | undefined): string {
  const order = sort === undefined ? 'number' : `${sortExpressions[sort.by]} ${sort.direction} NULLS LAST, number`;
  return `SELECT number, row_number() OVER (ORDER BY ${order}) - 1 AS position FROM exchange WHERE ${where}`;
}
