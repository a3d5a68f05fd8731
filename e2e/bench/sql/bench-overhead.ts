// What the sandbox adds to DuckDB: a client's query over HTTP with its first page, beside hand-written DuckDB SQL on the same tables, instance and threads.
import { median } from '../median.ts';
import { printTable } from '../print-table.ts';
import { type TypicalQuery, typicalQueries } from './queries.ts';
import { openShop, PROJECT, type Shop } from './shop.ts';

type Way = (shop: Shop, query: TypicalQuery) => Promise<unknown>;

/** The sandbox keeps each answer in a table, so that pages of it can be read: CREATE TABLE AS is its real measure, the bare SELECT the stricter one. */
const ways: Readonly<Record<'select' | 'create table as' | 'sandbox', Way>> = {
  select: ({ duck, orders, customers }, { duckSql }) =>
    duck.use(async (connection) => {
      for await (const chunk of connection.chunks(duckSql(orders, customers))) chunk.getColumnVector(0).getItem(0);
    }),
  'create table as': ({ duck, orders, customers }, { duckSql }) =>
    duck.use((connection) => connection.run(`CREATE OR REPLACE TABLE result.main.answer AS ${duckSql(orders, customers)}`)),
  sandbox: async ({ url }, { googleSql }) => {
    const response = await fetch(`${url}/bigquery/v2/projects/${PROJECT}/queries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: googleSql, useLegacySql: false, useQueryCache: false, maxResults: 1000, timeoutMs: 100_000 }),
    });
    const answer = (await response.json()) as { jobComplete?: boolean; error?: unknown };
    if (answer.jobComplete !== true) throw new Error(JSON.stringify(answer));
  },
};
const names = Object.keys(ways) as (keyof typeof ways)[];

export async function benchOverhead(rows: number, rounds: number, only?: string): Promise<void> {
  const shop = await openShop(rows);
  try {
    const table: string[][] = [];
    for (const query of typicalQueries.filter(({ name }) => only === undefined || name.includes(only)))
      table.push(toRow(query.name, await measure(shop, query, rounds)));
    const head = ['query', ...names, '÷ create table as', '÷ select', 'processor ÷ create table as', '÷ select'];
    printTable(
      `${rows.toLocaleString('en')} rows, ms (medians of ${rounds} interleaved rounds); processor time of all threads`,
      head,
      table,
    );
  } finally {
    await shop.sandbox.close();
  }
}

/** Processor time is what a busy machine's other work does not change. */
type Taken = { readonly ms: number; readonly cpuMs: number };

function toRow(name: string, taken: readonly Taken[]): string[] {
  const [select, create, sandbox] = taken as [Taken, Taken, Taken];
  const ratios = [sandbox.ms / create.ms, sandbox.ms / select.ms, sandbox.cpuMs / create.cpuMs, sandbox.cpuMs / select.cpuMs];
  return [name, ...taken.map(({ ms }) => ms.toFixed(1)), ...ratios.map((ratio) => ratio.toFixed(2))];
}

async function measure(shop: Shop, query: TypicalQuery, rounds: number): Promise<Taken[]> {
  const seen = new Map<string, Taken[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length]!;
      const taken = await take(() => ways[name](shop, query));
      if (round > 0) seen.get(name)!.push(taken); // round 0 warms up
    }
  }
  return names.map((name) => {
    const all = seen.get(name)!;
    return { ms: median(all.map(({ ms }) => ms)), cpuMs: median(all.map(({ cpuMs }) => cpuMs)) };
  });
}

async function take(work: () => Promise<unknown>): Promise<Taken> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - start, cpuMs: (user + system) / 1000 };
}
