// `node node-bigquery.mjs ACTION PACKAGE TABLE`: @google-cloud/bigquery of any major, configured by environment variables only.
import { createRequire } from 'node:module';
import { create, insert, parameters, print, statements } from './statements.ts';

const [, , action, packageName, table] = process.argv;
const require = createRequire(`${process.env.CLIENT_PACKAGES}/package.json`);
const { BigQuery } = require(packageName);
const bigquery = new BigQuery();

const rowsOf = async (query) => (await bigquery.query(query))[0];

const actions = {
  query: () => rowsOf(statements.query),
  parameters: () => rowsOf({ query: statements.parameters, params: parameters }),
  paging: async () => {
    const rows = await rowsOf({ query: statements.paging, maxResults: 1000 });
    return `${rows.length} rows, sum ${rows.reduce((sum, { n }) => sum + n, 0)}`;
  },
  dml: async () => {
    await rowsOf(create(table));
    const [job] = await bigquery.createQueryJob(insert(table));
    await job.getQueryResults();
    return `${(await job.getMetadata())[0].statistics.query.numDmlAffectedRows} rows affected`;
  },
  dryRun: async () => {
    const [job] = await bigquery.createQueryJob({ query: statements.paging, dryRun: true });
    return `${job.metadata.statistics.totalBytesProcessed} bytes, ${job.metadata.statistics.query.statementType}`;
  },
  list: async () => {
    const [datasets] = await bigquery.getDatasets();
    const [tables] = await bigquery.dataset('shop').getTables();
    return `${datasets.map(({ id }) => id)}: ${tables.map(({ id }) => id)}`;
  },
  load: async () => {
    const [job] = await bigquery
      .dataset('scratch')
      .table(`${table}_loaded`)
      .load(process.env.LOAD_FILE, { sourceFormat: 'NEWLINE_DELIMITED_JSON', autodetect: true, writeDisposition: 'WRITE_TRUNCATE' });
    return `${job.statistics.load.outputRows} rows, ${job.status.state}`;
  },
  denied: () => rowsOf(statements.denied),
  sqlError: () => rowsOf(statements.sqlError),
  wait: () => rowsOf(statements.wait),
  cancel: async () => {
    const [job] = await bigquery.createQueryJob(statements.cancel);
    await job.cancel();
    return (await job.getQueryResults())[0];
  },
};

await print(actions[action]);
