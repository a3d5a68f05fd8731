// Many real clients at one sandbox at once: what each statement takes, alone and beside a heavy one.
import { BigQuery } from '@google-cloud/bigquery';
import { percentile } from '../median.ts';

export const LOAD_PROJECT = 'load';
/** Would run for days. */
const HEAVY_SQL =
  'SELECT MAX(MOD(a * b + c, 7919)) AS n FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS a, UNNEST(GENERATE_ARRAY(1, 100000)) AS b, UNNEST(GENERATE_ARRAY(1, 1000)) AS c';

export type Latencies = { readonly count: number; readonly p50: number; readonly p95: number };

/** A client as programs make them, on this address. */
export function connectClient(url: string): BigQuery {
  process.env['BIGQUERY_EMULATOR_HOST'] = url;
  return new BigQuery({ projectId: LOAD_PROJECT });
}

export async function prepareLoad(client: BigQuery, rows: number): Promise<void> {
  await client.createDataset('load');
  await client.query(
    `CREATE TABLE load.numbers AS SELECT n, MOD(n, 97) AS k, CONCAT('row ', CAST(n AS STRING)) AS name FROM UNNEST(GENERATE_ARRAY(1, ${rows})) AS n`,
  );
  await client.query('CREATE TABLE load.events (client INT64, turn INT64)');
  await client.query('CREATE FUNCTION load.shout(s STRING) RETURNS STRING LANGUAGE js AS \'return s.toUpperCase() + "!"\'');
}

type Work = (client: BigQuery, number: number, turn: number) => Promise<void>;

/** What light statements are: lookups, small aggregates, inserts, dry runs, pages, functions, errors. Each checks its answer. */
const kinds: readonly Work[] = [
  async (client, number) => {
    const [rows] = await client.query({ query: 'SELECT name FROM load.numbers WHERE n = @n', params: { n: number + 1 } });
    check(rows[0]?.name === `row ${number + 1}`, rows);
  },
  async (client) => {
    const [rows] = await client.query('SELECT k, COUNT(*) AS n FROM load.numbers WHERE n <= 9700 GROUP BY k ORDER BY k');
    check(rows.length === 97 && rows[0].n === 100, rows);
  },
  async (client, number, turn) => {
    await client
      .dataset('load')
      .table('events')
      .insert([{ client: number, turn }]);
  },
  async (client) => {
    const [job] = await client.createQueryJob({ query: 'SELECT k FROM load.numbers', dryRun: true });
    check(job.metadata.statistics.query.statementType === 'SELECT', job.metadata);
  },
  async (client, number) => {
    const [rows] = await client
      .dataset('load')
      .table('numbers')
      .getRows({ maxResults: 10, startIndex: String(number), autoPaginate: false });
    check(rows.length === 10 && rows[0].n === number + 1, rows);
  },
  async (client, number) => {
    const [rows] = await client.query(`SELECT load.shout('client ${number}') AS s`);
    check(rows[0]?.s === `CLIENT ${number}!`, rows);
  },
  async (client) => {
    const failure = await client.query('SELECT missing FROM load.numbers').then(
      () => undefined,
      (error: Error) => error,
    );
    check(failure?.message.includes('Unrecognized name: missing') === true, failure);
  },
];

/** `clients` at once, each with `turns` statements one after the other. */
export async function measureLight(url: string, clients: number, turns: number): Promise<Latencies> {
  const seen: number[] = [];
  await Promise.all(
    Array.from({ length: clients }, async (_, number) => {
      const client = connectClient(url);
      for (let turn = 0; turn < turns; turn++) {
        const start = performance.now();
        await kinds[(number + turn) % kinds.length]!(client, number, turn);
        seen.push(performance.now() - start);
      }
    }),
  );
  return { count: seen.length, p50: percentile(seen, 0.5), p95: percentile(seen, 0.95) };
}

/** Runs `work` beside the heavy statement, cancels that, and says how long the cancelling took. */
export async function besideHeavy<Value>(
  client: BigQuery,
  work: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly cancelMs: number }> {
  const [job] = await client.createQueryJob(HEAVY_SQL);
  const ended = job.getQueryResults().then(
    () => 'finished',
    (error: Error) => error.message,
  );
  const value = await work();
  const start = performance.now();
  await job.cancel();
  const message = await ended;
  check(/cancel/i.test(message), message);
  return { value, cancelMs: performance.now() - start };
}

function check(isRight: boolean, answer: unknown): void {
  if (!isRight) throw new Error(`A wrong answer: ${answer instanceof Error ? answer.message : JSON.stringify(answer)}`);
}
