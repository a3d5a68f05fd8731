// `node kysely.mjs ACTION PACKAGE TABLE`: Kysely's query builder on BigQuery.
import { createRequire } from 'node:module';
import { create, print, statements } from './statements.ts';

const [, , action, packageName, table] = process.argv;
const require = createRequire(`${process.env.CLIENT_PACKAGES}/package.json`);
const { BigQueryDialect } = require(packageName);
const { CompiledQuery, Kysely, sql } = require('kysely');
const db = new Kysely({ dialect: new BigQueryDialect({ options: {} }) });

const rowsOf = async (text) => (await db.executeQuery(CompiledQuery.raw(text))).rows;

const actions = {
  query: () => rowsOf(statements.query),
  parameters: async () => (await sql`SELECT ${41} + 1 AS whole, CONCAT(${"o'hara"}, '!') AS text, ${true} AS flag`.execute(db)).rows,
  paging: async () => {
    const rows = await db.selectFrom('shop.numbers').select('n').orderBy('n').execute();
    return `${rows.length} rows, sum ${rows.reduce((sum, { n }) => sum + n, 0)}`;
  },
  dml: async () => {
    await rowsOf(create(table));
    await db
      .insertInto(`scratch.${table}`)
      .values([{ n: 1 }, { n: 2 }, { n: 3 }])
      .execute();
    const [{ affected }] = await db
      .selectFrom(`scratch.${table}`)
      .select(({ fn }) => fn.countAll().as('affected'))
      .execute();
    return `${affected} rows affected`;
  },
  list: async () => (await db.introspection.getTables()).map(({ schema, name }) => `${schema}.${name}`),
  denied: () => db.selectFrom('hr.salaries').select('amount').execute(),
  sqlError: () => db.selectFrom('shop.numbers').select('nothing').execute(),
  wait: () => rowsOf(statements.wait),
};

await print(actions[action]);
