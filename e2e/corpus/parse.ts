// Parses every statement below a folder and prints how many parse, how many invalid ones are accepted, how many errors are worded and placed
// as Google's, what was set apart and why, and the failures by their first error.
//   node e2e/corpus/parse.ts DIR [--failures N] [--accepted N] [--messages] [--apart]
import { parseArgs } from 'node:util';
import { parseScript } from '../../shared/googlesql/parse-script.ts';
import { SqlError } from '../../shared/googlesql/sql-error.ts';
import { type ParseCase, readParseCases } from './parse-cases.ts';

type Outcome = { readonly each: ParseCase; readonly error: SqlError | undefined; readonly milliseconds: number };

function parseCase(each: ParseCase): Outcome {
  const start = performance.now();
  const error = errorOf(each, each.sql);
  const milliseconds = performance.now() - start;
  const parses = (text: string): boolean => !errorOf(each, text);
  const isFine = error === undefined || each.tries?.some((pieces) => pieces.length > 0 && pieces.every((ways) => ways.some(parses)));
  return { each, error: isFine ? undefined : error, milliseconds };
}

function errorOf({ from }: ParseCase, sql: string): SqlError | undefined {
  try {
    parseScript(sql);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SqlError) return thrown;
    throw new Error(`${from}: the parser broke`, { cause: thrown });
  }
}

type Show = { readonly failures: number; readonly accepted: number; readonly messages: boolean; readonly apart: boolean };

/** Prints the report; returns what a build would judge. */
export function runParseCorpus(directory: string, show: Show) {
  const cases = [...readParseCases(directory)];
  const outcomes = cases.filter(({ apart }) => apart === undefined).map(parseCase);
  const valid = outcomes.filter(({ each }) => each.isValid === true);
  const invalid = outcomes.filter(({ each }) => each.isValid === false);
  const failed = valid.filter(({ error }) => error);
  const accepted = invalid.filter(({ error }) => !error);
  const refused = invalid.filter(({ error }) => error);
  const worded = refused.filter(({ each, error }) => isSame(each.expectedError, error?.message));
  console.log(`valid statements parsed      ${percent(valid.length - failed.length, valid.length)}`);
  console.log(`invalid statements accepted  ${percent(accepted.length, invalid.length)}`);
  const isOwn = ({ each }: Outcome): boolean => each.isForeign !== true;
  console.log(`errors as Google words them  ${percent(worded.length, refused.length)}`);
  console.log(`  of what BigQuery has       ${percent(worded.filter(isOwn).length, refused.filter(isOwn).length)}`);
  printSpeed(outcomes);
  printApart(cases, show.apart);
  printFailures(failed, show.failures);
  for (const { each } of accepted.slice(0, show.accepted))
    console.log(`\naccepted ${each.from}: ${each.expectedError}\n${excerpt(each.sql)}`);
  if (show.messages) for (const outcome of refused.filter((one) => !worded.includes(one))) printMessage(outcome);
  return { valid: valid.length, failed: failed.length, invalid: invalid.length, accepted: accepted.length, worded: worded.length };
}

const percent = (part: number, whole: number): string =>
  `${part} of ${whole}${whole > 0 ? ` (${((100 * part) / whole).toFixed(2)} %)` : ''}`;

function printSpeed(outcomes: readonly Outcome[]): void {
  const characters = outcomes.reduce((sum, { each }) => sum + each.sql.length, 0);
  const milliseconds = outcomes.reduce((sum, outcome) => sum + outcome.milliseconds, 0);
  const slowest = outcomes.reduce((most, outcome) => Math.max(most, outcome.milliseconds), 0);
  console.log(`speed                        ${(characters / 1e3 / milliseconds).toFixed(2)} MB/s, slowest ${slowest.toFixed(0)} ms`);
}

/** What was not judged: by reason, and by name where the reason is one of few. */
function printApart(cases: readonly ParseCase[], areAllNamed: boolean): void {
  const apart = cases.filter((each) => each.apart !== undefined);
  console.log(`set apart, not judged        ${apart.length} of ${cases.length}`);
  for (const [reason, group] of Map.groupBy(apart, (each) => each.apart)) {
    console.log(`  ${String(group.length).padStart(5)} × ${reason}`);
    if (areAllNamed || group.length < FEW) for (const { from } of group) console.log(`          ${from}`);
  }
}

const FEW = 5;

function printFailures(failed: readonly Outcome[], limit: number): void {
  const byReason = Map.groupBy(failed, ({ error }) => (error?.reason ?? '').replace(/"[^"]*"|`[^`]*`/g, '…'));
  const groups = [...byReason].sort(([, left], [, right]) => right.length - left.length);
  for (const [reason, group] of groups.slice(0, limit)) {
    console.log(`\n${group.length} × ${reason}`);
    for (const { each, error } of group.slice(0, 3))
      console.log(`  ${each.from} at ${error?.line}:${error?.column}\n    ${around(each.sql, error)}`);
  }
}

const printMessage = ({ each, error }: Outcome): void =>
  console.log(`\n${each.from}\n${excerpt(each.sql)}\n  theirs ${each.expectedError}\n  ours   ${error?.message}`);

/** The same words at the same place; Google says `end of statement` where it parses one alone, we always read scripts. */
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
      apart: { type: 'boolean', default: false },
    },
  });
  const [directory = '.'] = positionals;
  const { messages, apart } = values;
  runParseCorpus(directory, { failures: Number(values.failures), accepted: Number(values.accepted), messages, apart });
}
