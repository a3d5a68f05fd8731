import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One text to parse. `isValid` undefined: nobody says whether it should parse. */
export type ParseCase = {
  readonly from: string;
  readonly sql: string;
  readonly isValid: boolean | undefined;
  /** The first line of the expected error, as in `Syntax error: Unexpected keyword FROM [at 1:8]`. */
  readonly expectedError?: string;
};

/** Every statement below a folder: `.sql` files, ZetaSQL's `.test` files, and JSON of sandbox cases. Templates are left out. */
export function* readParseCases(directory: string): Generator<ParseCase> {
  for (const path of listFiles(directory)) {
    if (path.endsWith('.sql')) yield* readSqlFile(path);
    else if (path.endsWith('.test')) yield* readTestFile(path);
    else if (path.endsWith('cases.json')) yield* readCasesFile(path);
  }
}

function listFiles(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const isTemplate = (sql: string): boolean => /\{\{|\{%|\$\{|<%|\{#|__[a-z]+__|<[a-z_]+>`/.test(sql);

function* readSqlFile(path: string): Generator<ParseCase> {
  const sql = readFileSync(path, 'utf8');
  if (!isTemplate(sql) && sql.trim() !== '') yield { from: path, sql, isValid: true };
}

/** Sections between `==` lines; in a section the statement comes before the first `--` line, what is expected after it. */
function* readTestFile(path: string): Generator<ParseCase> {
  const isParserTest = path.includes('parser/testdata');
  let fileOptions = '';
  for (const [index, section] of readFileSync(path, 'utf8').split(/^==$/m).entries()) {
    const [head = '', ...expected] = section.split(/^--$/m);
    const { options, sql } = splitHead(head);
    for (const [, option = ''] of options.matchAll(/\[default ([^\]]*)\]/g)) fileOptions += ` ${option}`;
    const outcome = expected.join('--').trim();
    if (sql.trim() === '' || outcome === '' || /\{\{/.test(sql)) continue;
    if (isOtherDialect(`${fileOptions} ${options}`)) continue;
    yield toCase(`${path}#${index}`, sql, outcome, isParserTest);
  }
}

function splitHead(head: string): { options: string; sql: string } {
  const lines = head.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#') && !/^\[.*\]\s*$/.test(line));
  if (first < 0) return { options: head, sql: '' };
  return { options: lines.slice(0, first).join('\n'), sql: lines.slice(first).join('\n').trimEnd().replaceAll('\\\\--', '--') };
}

/** Options that switch BigQuery's features off, or on what BigQuery does not have; other modes than statements and scripts. */
const isOtherDialect = (options: string): boolean =>
  /language_features=(NONE|\{\{)|mode=(expression|type|subpipeline)|reserve_graph|reserve_align|SQL_GRAPH|SPANNER|macro|TTL|\{\{/.test(
    options,
  );

function toCase(from: string, sql: string, outcome: string, isParserTest: boolean): ParseCase {
  const error = /^ERROR: (.*)$/m.exec(outcome)?.[1];
  if (error === undefined) return { from, sql, isValid: true };
  if (isParserTest || error.startsWith('Syntax error')) return { from, sql, isValid: false, expectedError: error };
  return { from, sql, isValid: undefined };
}

type SandboxCase = {
  readonly id: string;
  readonly sql: string;
  readonly setup?: readonly string[];
  readonly expect?: { readonly error?: unknown };
};

function* readCasesFile(path: string): Generator<ParseCase> {
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly SandboxCase[] };
  for (const { id, sql, setup = [], expect } of cases) {
    yield { from: id, sql, isValid: expect?.error === undefined ? true : undefined };
    for (const [index, statement] of setup.entries()) yield { from: `${id} setup ${index}`, sql: statement, isValid: true };
  }
}
