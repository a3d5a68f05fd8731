import type { ParseCase } from './parse-cases.ts';

/** Sections of ZetaSQL's tests between `==` lines; in a section the statement comes before the first `--` line, what is expected after it. */
export function* readTestFile(path: string, text: string): Generator<ParseCase> {
  const isParserTest = path.includes('parser/testdata');
  let fileOptions = '';
  for (const [index, section] of text.split(/^==$/m).entries()) {
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
  if (!isParserTest && !error.startsWith('Syntax error')) return { from, sql, isValid: undefined };
  const apart = whyApart(sql, error);
  if (apart !== undefined) return { from, sql, isValid: undefined, apart };
  return { from, sql, isValid: false, expectedError: error, isForeign: FOREIGN.test(sql) };
}

/** Errors that BigQuery does not raise. */
function whyApart(sql: string, error: string): string | undefined {
  if (sql.includes('\ufffd')) return 'broken UTF-8, which no text in JSON can be';
  const isSwitchedOff =
    /Unexpected FROM \[|QUALIFY is not supported|Alias not allowed on parenthesized outer query|REPLICA is not a supported/.test(error);
  return isSwitchedOff ? 'wrong only where a feature is switched off that BigQuery has' : undefined;
}

const FOREIGN =
  /^\s*(@\{[^}]*\}\s*)?(IMPORT|MODULE|RENAME|SHOW|DEFINE|ANALYZE|DESC(RIBE)?|EXPLAIN|(START|RUN|ABORT) BATCH|ALTER ALL|CLONE DATA|CREATE\s+(OR REPLACE\s+)?((TEMP|UNIQUE|NULL_FILTERED)\s+)*(PUBLIC|PRIVATE|LIVE|`?CONSTANT|DATABASE|INDEX|SEQUENCE|PRIVILEGE)\b)|\bSELECT NEW\b|ASSERT_ROWS_MODIFIED|THEN RETURN|GROUP ROWS|\bCLAMPED|SET GENERATED|^\s*(GRANT|REVOKE) ALL/i;
