// Parses, describes and fingerprints mutated statements: nothing but SqlError may be thrown, and none may take long.
//   node e2e/corpus/fuzz-sql.ts DIR [--count 100000] [--seed 1]
import { parseArgs } from 'node:util';
import { describeScript } from '../../shared/googlesql/describe-script.ts';
import { normalise } from '../../shared/googlesql/fingerprint.ts';
import { parseScript } from '../../shared/googlesql/parse-script.ts';
import { SqlError } from '../../shared/googlesql/sql-error.ts';
import { createRandom, mutateStatement } from './mutate-statement.ts';
import { readParseCases } from './parse-cases.ts';

export type FuzzReport = {
  readonly parsed: number;
  readonly refused: number;
  /** Processor time, so that a busy machine does not matter. */
  readonly slowestMs: number;
  readonly slowest: string;
  readonly crashes: readonly { readonly sql: string; readonly error: unknown }[];
};

/** `count` mutations of the statements, from a seed. */
export function fuzzStatements(statements: readonly string[], count: number, seed: number): FuzzReport {
  const random = createRandom(seed);
  const pick = (): string => statements[random(statements.length)] ?? '';
  const report = { parsed: 0, refused: 0, slowestMs: 0, slowest: '', crashes: [] as { sql: string; error: unknown }[] };
  for (let index = 0; index < count; index++) {
    const sql = mutateStatement(pick(), pick(), random);
    const start = process.cpuUsage();
    const outcome = readStatement(sql);
    const milliseconds = process.cpuUsage(start).user / 1_000;
    if (milliseconds > report.slowestMs) Object.assign(report, { slowestMs: milliseconds, slowest: sql });
    if (outcome === 'parsed') report.parsed++;
    else if (outcome instanceof SqlError) report.refused++;
    else report.crashes.push({ sql, error: outcome });
  }
  return report;
}

function readStatement(sql: string): unknown {
  try {
    normalise(sql);
    describeScript(parseScript(sql));
    return 'parsed';
  } catch (error) {
    return error;
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
  });
  const statements = [...readParseCases(positionals[0] ?? '.')].map(({ sql }) => sql).filter((sql) => sql.length < 4_000);
  const report = fuzzStatements(statements, Number(values.count), Number(values.seed));
  console.log(
    `mutations of ${statements.length} statements: ${report.parsed} parsed, ${report.refused} refused, ${report.crashes.length} crashes`,
  );
  console.log(`slowest ${report.slowestMs.toFixed(1)} ms of processor time, ${report.slowest.length} characters`);
  for (const { sql, error } of report.crashes.slice(0, 5)) console.log(`\n${sql}\n`, error);
  process.exitCode = report.crashes.length > 0 ? 1 : 0;
}
