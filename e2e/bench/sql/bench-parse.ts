// Our parser beside the two that npm has for BigQuery, each on the same statements, in turns.
import sqlParser from 'node-sql-parser';
import { parseScript } from '../../../shared/googlesql/parse-script.ts';
import { median } from '../median.ts';
import { printTable, toMicros } from '../print-table.ts';
import { readStatements } from './parse-statements.ts';

type Parser = { readonly name: string; parse(sql: string): unknown };

const ROUNDS = 7;
const ROUND_MS = 150;
/** Compilers of the machine's own are at work in the first second. */
const WARM_UP_MS = 1000;

export async function benchParse(): Promise<void> {
  const parsers = await openParsers();
  const rows = readStatements().map(({ label, sql }) => {
    const times = measure(parsers, sql);
    const ours = times[0] as number;
    const cells = times.map((time) => (typeof time === 'string' ? 'fails' : toMicros(time)));
    const ratios = times.slice(1).map((time) => (typeof time === 'string' ? '–' : (time / ours).toFixed(2)));
    const complaints = times.flatMap((time, index) => (typeof time === 'string' ? [`${parsers[index]!.name}: ${time}`] : []));
    return {
      cells: [label, String(Buffer.byteLength(sql)), ...cells, ...ratios],
      complaints: complaints.map((each) => `${label}, ${each}`),
    };
  });
  const names = parsers.map(({ name }) => name);
  printTable(
    'parse, µs (median of rounds)',
    ['statement', 'bytes', ...names, ...names.slice(1).map((name) => `${name} ÷ ours`)],
    rows.map(({ cells }) => cells),
  );
  for (const complaint of rows.flatMap(({ complaints }) => complaints)) console.log(`  fails: ${complaint}`);
}

async function openParsers(): Promise<readonly Parser[]> {
  const other = new sqlParser.Parser();
  const polyglot = await import('@polyglot-sql/sdk');
  return [
    { name: 'steno', parse: (sql) => parseScript(sql) },
    { name: 'node-sql-parser', parse: (sql) => other.astify(sql, { database: 'BigQuery' }) },
    {
      name: 'polyglot',
      parse: (sql) => {
        const result = polyglot.parse(sql, polyglot.Dialect.BigQuery);
        if (!result.success) throw new Error(String(result.error));
        return result.ast;
      },
    },
  ];
}

/** Milliseconds for one parse, or the parser's complaint; the parsers take turns, so that the machine's moods are everybody's. */
function measure(parsers: readonly Parser[], sql: string): readonly (number | string)[] {
  const complaints = parsers.map(({ parse }) => complaintOf(() => parse(sql)));
  const seen: number[][] = parsers.map(() => []);
  for (const [index, { parse }] of parsers.entries()) if (complaints[index] === undefined) timeOf(() => parse(sql), WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++)
    for (const [index, { parse }] of parsers.entries()) if (complaints[index] === undefined) seen[index]!.push(timeOf(() => parse(sql)));
  return parsers.map((_, index) => complaints[index] ?? median(seen[index]!));
}

function complaintOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    return String(error instanceof Error ? error.message : error)
      .split('\n')[0]!
      .slice(0, 120);
  }
}

function timeOf(parse: () => unknown, atLeastMs = ROUND_MS): number {
  const start = performance.now();
  let runs = 0;
  do {
    parse();
    runs++;
  } while (performance.now() - start < atLeastMs);
  return (performance.now() - start) / runs;
}
