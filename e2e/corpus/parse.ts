// Parses every statement below a folder and prints how many parse, how many invalid ones are accepted, and the failures by their first error.
//   node e2e/corpus/parse.ts DIR [--failures N] [--accepted N] [--messages]
import { parseArgs } from 'node:util';
import { parseScript } from '../../shared/googlesql/parse-script.ts';
import { SqlError } from '../../shared/googlesql/sql-error.ts';
import { type ParseCase, readParseCases } from './parse-cases.ts';

type Outcome = { readonly each: ParseCase; readonly error: SqlError | undefined; readonly milliseconds: number };

function parseCase(each: ParseCase): Outcome {
  const start = performance.now();
  let error: SqlError | undefined;
  try {
    parseScript(each.sql);
  } catch (thrown) {
    if (!(thrown instanceof SqlError)) throw new Error(`${each.from}: the parser broke`, { cause: thrown });
    error = thrown;
  }
  return { each, error, milliseconds: performance.now() - start };
}

/** Prints the report; returns what a build would judge. */
export function runParseCorpus(directory: string, show: { failures: number; accepted: number; messages: boolean }) {
  const outcomes = [...readParseCases(directory)].map(parseCase);
  const valid = outcomes.filter(({ each }) => each.isValid === true);
  const invalid = outcomes.filter(({ each }) => each.isValid === false);
  const failed = valid.filter(({ error }) => error);
  const accepted = invalid.filter(({ error }) => !error);
  printCounts(outcomes, valid, failed, invalid, accepted);
  printFailures(failed, show.failures);
  for (const { each } of accepted.slice(0, show.accepted))
    console.log(`\naccepted ${each.from}: ${each.expectedError}\n${excerpt(each.sql)}`);
  if (show.messages) printMessages(invalid);
  return { valid: valid.length, failed: failed.length, invalid: invalid.length, accepted: accepted.length };
}

function printCounts(all: readonly Outcome[], ...[valid, failed, invalid, accepted]: readonly Outcome[][]): void {
  const characters = all.reduce((sum, { each }) => sum + each.sql.length, 0);
  const milliseconds = all.reduce((sum, outcome) => sum + outcome.milliseconds, 0);
  const slowest = Math.max(...all.map((outcome) => outcome.milliseconds));
  const percent = (part = 0, whole = 0) => `${part} of ${whole}${whole > 0 ? ` (${((100 * part) / whole).toFixed(2)} %)` : ''}`;
  const parsed = (valid?.length ?? 0) - (failed?.length ?? 0);
  console.log(`valid statements parsed      ${percent(parsed, valid?.length)}`);
  console.log(`invalid statements accepted  ${percent(accepted?.length, invalid?.length)}`);
  console.log(`speed                        ${(characters / 1e3 / milliseconds).toFixed(2)} MB/s, slowest ${slowest.toFixed(0)} ms`);
}

function printFailures(failed: readonly Outcome[], limit: number): void {
  const byReason = Map.groupBy(failed, ({ error }) => (error?.reason ?? '').replace(/"[^"]*"|`[^`]*`/g, '…'));
  const groups = [...byReason].sort(([, left], [, right]) => right.length - left.length);
  for (const [reason, group] of groups.slice(0, limit)) {
    console.log(`\n${group.length} × ${reason}`);
    for (const { each, error } of group.slice(0, 3))
      console.log(`  ${each.from} at ${error?.line}:${error?.column}\n    ${around(each.sql, error)}`);
  }
}

/** How often the error's words and place are Google's own. */
function printMessages(invalid: readonly Outcome[]): void {
  const withError = invalid.filter(({ error }) => error);
  const same = withError.filter(({ each, error }) => isSame(each.expectedError, error?.message));
  console.log(`\nerrors worded as Google's    ${same.length} of ${withError.length}`);
  for (const { each, error } of withError.filter((outcome) => !same.includes(outcome)).slice(0, 400)) {
    console.log(`\n${excerpt(each.sql)}\n  theirs ${each.expectedError}\n  ours   ${error?.message}`);
  }
}

function isSame(theirs: string | undefined, ours: string | undefined): boolean {
  const unify = (message = '') =>
    message.replace(/ ?\[at (\d+:\d+)\]| at \[(\d+:\d+)\]/, ' @$1$2').replace(/end of (script|statement)/, 'end');
  return unify(theirs) === unify(ours);
}

const excerpt = (sql: string): string => (sql.length > 300 ? `${sql.slice(0, 300)}…` : sql);

const around = (sql: string, error: SqlError | undefined): string =>
  sql.slice(Math.max(0, (error?.offset ?? 0) - 60), (error?.offset ?? 0) + 60).replace(/\s+/g, ' ');

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      failures: { type: 'string', default: '20' },
      accepted: { type: 'string', default: '0' },
      messages: { type: 'boolean', default: false },
    },
  });
  const [directory = '.'] = positionals;
  runParseCorpus(directory, { failures: Number(values.failures), accepted: Number(values.accepted), messages: values.messages });
}
