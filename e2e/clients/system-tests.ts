// `npm run clients -- system-tests [--gateway] DIR`: the system tests of Google's Node client (a checkout of googleapis/nodejs-bigquery), unchanged.
// They find the sandbox, or the gateway before it, through environment variables. Exit code 1 when one fails without a known reason.
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openDoor } from './doors.ts';
import { cacheFolder } from './install-packages.ts';
import { buildSuite } from './suite/build-suite.ts';
import { reasonOf } from './suite/known-failures.ts';
import { runSuite, type SuiteResult } from './suite/run-suite.ts';

const project = 'steno-system-tests';

const policy = `
@id("the-suite-owns-its-project")
permit (principal in Group::"clients", action, resource in Project::"${project}");
@id("samples-are-public")
permit (principal in Group::"clients", action == Action::"read", resource in Project::"publicdata");
`;

/** BigQuery takes more than a second to make any table; two tests wait for a time-out of one second while it makes one of a million rows. */
const jobDelayMs = ({ query }: { readonly query?: { readonly query?: string } }): number =>
  /^\s*CREATE TABLE/i.test(query?.query ?? '') ? 1_500 : 0;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { gateway: { type: 'boolean', default: false }, grep: { type: 'string' } },
});
const [source] = positionals;
if (source === undefined || !existsSync(join(source, 'system-test'))) {
  console.error('Name the folder of a checkout of googleapis/nodejs-bigquery: npm run clients -- system-tests [--gateway] DIR');
  process.exit(2);
}

const suite = buildSuite(resolve(source));
const doorName = values.gateway ? 'gateway' : 'direct-sandbox';
const door = await openDoor(doorName, { project, sandbox: { publicData: true, jobDelayMs }, policy });
try {
  const result = await runSuite(suite, { ...door.environment, STORAGE_EMULATOR_HOST: door.url }, values.grep);
  writeFileSync(join(cacheFolder, `system-tests-${doorName}.json`), JSON.stringify(result, undefined, 1));
  console.log(toReport(result));
  if (result.failures.some(({ title }) => reasonOf(title, values.gateway) === undefined)) process.exitCode = 1;
} finally {
  await door.close();
}

function toReport({ passed, failures, hidden }: SuiteResult): string {
  const tests = failures.filter(({ isHook }) => !isHook).length;
  const total = passed + tests + hidden;
  const lines = failures.map(
    ({ title, message }) => `FAILED ${title}\n  ${message}\n  reason: ${reasonOf(title, values.gateway) ?? 'unknown'}`,
  );
  return [
    ...lines,
    '',
    `${doorName}: ${passed} of ${total} pass, ${tests} fail, ${hidden} did not run because a hook before them failed`,
    `${passed} passed, ${tests} failed, ${hidden} skipped`,
  ].join('\n');
}
