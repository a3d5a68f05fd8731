// Ten million orders in a sandbox, and the DuckDB below it for the baseline.

import { createSandbox, type Sandbox } from '../../../shared/sandbox/create-sandbox.ts';
import { Duck } from '../../../shared/sandbox/engine/duck/open-duck.ts';

export const PROJECT = 'shop';

export type Shop = {
  readonly sandbox: Sandbox;
  readonly url: string;
  readonly duck: Duck;
  readonly orders: string;
  readonly customers: string;
};

const field = (name: string, type: string, mode = 'NULLABLE') => ({ name, type, mode }) as const;

const orderFields = [
  field('order_id', 'INT64'),
  field('customer_id', 'INT64'),
  field('country', 'STRING'),
  field('status', 'STRING'),
  field('quantity', 'INT64'),
  field('amount', 'FLOAT64'),
  field('ordered_at', 'TIMESTAMP'),
  field('day', 'DATE'),
  field('url', 'STRING'),
  field('tags', 'STRING', 'REPEATED'),
];
const customerFields = [field('customer_id', 'INT64'), field('name', 'STRING'), field('segment', 'STRING'), field('discount', 'FLOAT64')];

/** The same for the same place, row after row. */
const draw = (place: number, below: number): string => `(hash(i + ${place}) % ${below})::BIGINT`;
const pick = (place: number, words: readonly string[]): string => `['${words.join("', '")}'][${draw(place, words.length)} + 1]`;

const ordersSql = (rows: number): string => `
  SELECT i, ${draw(0, 200_000)}, 'country ' || ${draw(1, 50)}, ${pick(2, ['paid', 'shipped', 'open', 'returned', 'test'])}, ${draw(3, 20)},
    ${draw(4, 1_000_000)} / 1000, to_timestamp(1735689600 + ${draw(5, 31_536_000)}), DATE '2025-01-01' + (${draw(5, 31_536_000)} // 86400)::INTEGER,
    'https://' || ${pick(6, ['www', 'shop', 'm'])} || '.example.com/' || ${pick(7, ['product', 'cart', 'search'])} || '/' || ${draw(8, 10_000)},
    ['a', 'b', 'c', 'd'][1 : ${draw(9, 4)}]
  FROM range(${rows}) AS _(i)`;

const customersSql = `SELECT i, 'customer ' || i, ${pick(0, ['consumer', 'business', 'public'])}, ${draw(1, 30)} / 100 FROM range(200000) AS _(i)`;

export async function openShop(rows: number): Promise<Shop> {
  const [duck, sandbox] = await withDuck(() => createSandbox());
  const reference = (tableId: string) => ({ projectId: PROJECT, datasetId: 'sales', tableId });
  await sandbox.engine.catalog.createDataset({ datasetReference: { projectId: PROJECT, datasetId: 'sales' } });
  await sandbox.engine.catalog.createTable({ tableReference: reference('orders'), schema: { fields: orderFields } });
  await sandbox.engine.catalog.createTable({ tableReference: reference('customers'), schema: { fields: customerFields } });
  await sandbox.engine.fillTable(reference('orders'), ordersSql(rows));
  await sandbox.engine.fillTable(reference('customers'), customersSql);
  const url = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  const [orders, customers] = await Promise.all(['orders', 'customers'].map((name) => findDuckTable(duck, name)));
  return { sandbox, url, duck, orders: orders!, customers: customers! };
}

/** The engine shows nobody its DuckDB, except to this file. */
async function withDuck<Value>(open: () => Promise<Value>): Promise<[Duck, Value]> {
  const { connect } = Duck.prototype;
  let duck: Duck | undefined;
  Duck.prototype.connect = function (this: Duck) {
    duck = this;
    return connect.call(this);
  };
  try {
    const value = await open();
    return [duck!, value];
  } finally {
    Duck.prototype.connect = connect;
  }
}

async function findDuckTable(duck: Duck, name: string): Promise<string> {
  const sql = `SELECT format('"{}"."{}"."{}"', database_name, schema_name, table_name) FROM duckdb_tables() WHERE table_name LIKE '${name}%'`;
  const [row] = await duck.use((connection) => connection.rows(sql));
  return String(row![0]);
}
