// `node bq.mjs ACTION PROGRAM TABLE`: the bq command. What it prints is passed on as it is.
import { spawnSync } from 'node:child_process';
import { create, insert, statements } from './statements.ts';

const [, , action, program, table] = process.argv;

function bq(...args) {
  const { stdout, stderr } = spawnSync(program, ['--format=json', '--project_id=acme', '--quiet', ...args], {
    encoding: 'utf8',
    timeout: 90_000,
  });
  return `${stdout}${stderr}`.trim();
}
const query = (sql, ...flags) => bq('query', '--use_legacy_sql=false', ...flags, sql);

const actions = {
  query: () => query(statements.query),
  parameters: () =>
    query(statements.parameters, '--parameter=whole:INT64:41', "--parameter=text:STRING:o'hara", '--parameter=flag:BOOL:true'),
  paging: () => {
    const rows = JSON.parse(query(statements.paging, '--max_rows=10000'));
    return `${rows.length} rows, sum ${rows.reduce((sum, { n }) => sum + Number(n), 0)}`;
  },
  dml: () => {
    query(create(table));
    return query(insert(table), '--format=prettyjson');
  },
  dryRun: () => query(statements.paging, '--dry_run'),
  list: () => `${bq('ls')} ${bq('ls', 'acme:shop')}`,
  load: () => {
    const said = bq(
      'load',
      '--autodetect',
      '--replace',
      '--source_format=NEWLINE_DELIMITED_JSON',
      `scratch.${table}_loaded`,
      process.env.LOAD_FILE,
    );
    const [{ loaded }] = JSON.parse(query(`SELECT COUNT(*) AS loaded FROM \`acme.scratch.${table}_loaded\``));
    return `${said} ${loaded} rows, DONE`;
  },
  denied: () => query(statements.denied),
  sqlError: () => query(statements.sqlError),
  wait: () => query(statements.wait),
  cancel: () => {
    const jobId = `bq_cancel_${Date.now()}`;
    bq('--nosync', `--job_id=${jobId}`, 'query', '--use_legacy_sql=false', statements.cancel);
    return `${bq('cancel', jobId)} ${bq('wait', jobId)}`;
  },
};

console.log(actions[action]());
