// `node cube.mjs ACTION PACKAGE TABLE`: Cube's BigQuery driver, which brings a client of its own.
import { createRequire } from 'node:module';
import { create, insert, parameters, print, statements } from './statements.ts';

const [, , action, packageName, table] = process.argv;
const require = createRequire(`${process.env.CLIENT_PACKAGES}/package.json`);
const { BigQueryDriver } = require(packageName);
const driver = new BigQueryDriver({ projectId: 'acme' });

const actions = {
  query: () => driver.query(statements.query, []),
  parameters: () => driver.query(statements.positional, Object.values(parameters)),
  paging: async () => {
    const { rowStream } = await driver.stream(statements.paging, [], { highWaterMark: 100 });
    let [rows, sum] = [0, 0];
    for await (const { n } of rowStream) [rows, sum] = [rows + 1, sum + Number(n)];
    return `${rows} rows, sum ${sum}`;
  },
  dml: async () => {
    await driver.query(create(table), []);
    await driver.query(insert(table), []);
    const [{ affected }] = await driver.query(`SELECT COUNT(*) AS affected FROM \`acme.scratch.${table}\``, []);
    return `${affected} rows affected`;
  },
  list: async () => Object.entries(await driver.tablesSchema()).map(([dataset, tables]) => `${dataset}: ${Object.keys(tables)}`),
  denied: () => driver.query(statements.denied, []),
  sqlError: () => driver.query(statements.sqlError, []),
  wait: () => driver.query(statements.wait, []),
};

await print(actions[action]);
