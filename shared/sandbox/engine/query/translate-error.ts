import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { SqlError } from '../../../googlesql/sql-error.ts';
import { createInvalidQuery } from '../failure.ts';

type Rule = readonly [pattern: RegExp, message: (...groups: string[]) => string];

// DuckDB's words on the left, BigQuery's on the right. What our own functions throw is BigQuery's text already.
const rules: readonly Rule[] = [
  [/^More than one row returned by a subquery/, () => 'Scalar subquery produced more than one element'],
  [/^Could not convert string '(.*)' to INT64/s, (text) => `Bad int64 value: ${text}`],
  [/^Could not convert string '(.*)' to DOUBLE/s, (text) => `Bad double value: ${text}`],
  [/^Could not convert string '(.*)' to BOOL/s, (text) => `Bad bool value: ${text}`],
  [/^Could not convert string "(.*)" to DECIMAL/s, (text) => `Invalid NUMERIC value: ${text}`],
  [
    /^Overflow in (addition|subtraction|multiplication) of INT64 \((\S+) (.) (\S+)\)/,
    (_, a, sign, b) => `int64 overflow: ${a} ${sign} ${b}`,
  ],
  [/^Overflow in negation of numeric value/, () => 'int64 overflow: -(-9223372036854775808)'],
  [/^CHECK constraint failed.*((?:STRING|BYTES)\(\d+\) has maximum length \d+ but got a value with length \d+)/s, (text) => text],
  [/^Overflow in HUGEINT \w+/, () => 'numeric overflow'],
  [/^Overflow in \w+ of DECIMAL\(38\)/, () => 'numeric overflow'],
  [/^Type INT128 with value (\S+) can't be cast .* INT64/s, (value) => `int64 overflow: ${value}`],
  [
    /^Type DOUBLE with value (\S+) can't be cast .* INT64/s,
    (value) => `Illegal conversion of non-finite or out of range floating point number to an integer: ${value}`,
  ],
  [/^NOT NULL constraint failed: .*\.(.+)$/m, (column) => `Required field ${column} cannot be null`],
  [/^(?:Conversion Error: )?(?:date|timestamp) field value out of range: "(.*)"/, (text) => `Invalid date: '${text}'`],
  [/^.*MERGE .*(?:multiple|more than one)/i, () => 'UPDATE/MERGE must match at most one source row for each target row'],
];

/** Whatever went wrong with a statement, as BigQuery says it. Bugs pass through as they are. */
export function translateError(error: unknown): unknown {
  if (error instanceof BigQueryError) return error;
  if (error instanceof SqlError) return createInvalidQuery(error.message);
  if (!(error instanceof Error) || !isDuckError(error)) return error;
  const text = toPlainText(error.message);
  if (/^TransactionContext Error|Transaction conflict|write-write conflict/i.test(text)) {
    return createInvalidQuery('Transaction is aborted due to concurrent update');
  }
  if (/^Out of Memory Error|No space left on device/.test(text)) return createResourcesExceeded(text);
  const body = text.replace(/^[A-Z][A-Za-z-]*(?: [A-Za-z-]+)* Error: /, '');
  for (const [pattern, message] of rules) {
    const match = pattern.exec(body);
    if (match) return createInvalidQuery(message(...match.slice(1)));
  }
  return createInvalidQuery(body);
}

/** The settings that DuckDB advises to change are nobody's to change. */
const createResourcesExceeded = (text: string): BigQueryError =>
  new BigQueryError({
    reason: 'resourcesExceeded',
    message: `Resources exceeded during query execution: ${/max_temp_directory_size|No space left/.test(text) ? 'The query needs more disk space than it may use.' : 'The query could not be executed in the allotted memory.'}`,
  });

const isDuckError = ({ message }: Error): boolean => /^[A-Z][A-Za-z-]*(?: [A-Za-z-]+)* Error: /.test(toPlainText(message));

/** Whether a statement lost against another transaction and may simply be run again. */
export const isConflict = (error: unknown): boolean =>
  error instanceof Error && /TransactionContext Error|Transaction conflict|write-write conflict/i.test(error.message);

/** Without what the polling adds in front, and without DuckDB's picture of the SQL and of its own stack, which are not the client's. */
const toPlainText = (message: string): string =>
  message
    .replace(/^Invalid Input Error: Attempting to execute an unsuccessful or closed pending query result\nError: /, '')
    .replace(/\n\nLINE \d+:[\s\S]*$/, '')
    .replace(/\n+Stack Trace:[\s\S]*$/, '')
    .trim();
