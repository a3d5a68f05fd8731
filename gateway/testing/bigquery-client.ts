// A real client in a process of its own, told where to go by environment variables only.
// `node bigquery-client.ts PACKAGE STEP` prints what came as JSON.
const [, , packageName, step] = process.argv as [string, string, string, string];
const { BigQuery } = (await import(packageName)) as typeof import('@google-cloud/bigquery');
const bigQuery = new BigQuery();
const dataset = process.env['DATASET'] ?? 'sales';
const column = process.env['COLUMN'] ?? 'x';

const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  query: async () => (await bigQuery.query({ query: `SELECT ${column} FROM \`acme.${dataset}.orders\` ORDER BY 1` }))[0],
  denied: async () => (await bigQuery.query({ query: 'SELECT x FROM `acme.hr.salaries`' }))[0],
  job: async () => {
    const [job] = await bigQuery.createQueryJob({ query: `SELECT ${column} FROM \`acme.${dataset}.orders\` WHERE ${column} = 1` });
    const [rows] = await job.getQueryResults();
    const [metadata] = await job.getMetadata();
    return { rows, jobId: job.id, user: metadata.user_email };
  },
  dryRun: async () => {
    const [job] = await bigQuery.createQueryJob({ query: `SELECT ${column} FROM \`acme.${dataset}.orders\` ORDER BY 1`, dryRun: true });
    return job.metadata.statistics?.totalBytesProcessed;
  },
  datasets: async () => (await bigQuery.getDatasets())[0].map((each) => each.id),
  load: async () => {
    const { writeFileSync } = await import('node:fs');
    const file = `${process.env['WORK_DIRECTORY']}/rows.json`;
    writeFileSync(file, '{"x":1}\n{"x":2}\n');
    const [job] = await bigQuery.dataset(dataset).table('orders').load(file, { sourceFormat: 'NEWLINE_DELIMITED_JSON' });
    return job.status?.state;
  },
  insert: async () =>
    bigQuery
      .dataset('sales')
      .table('orders')
      .insert([{ x: 1 }]),
};

try {
  console.log(JSON.stringify({ value: await steps[step]!() }));
} catch (error) {
  const { code, message, errors } = error as { code?: unknown; message: string; errors?: unknown };
  console.log(JSON.stringify({ error: { code, message, errors } }));
}
