import type { Variable } from '../../../googlesql/analyze/analyze-options.ts';
import { duckType, structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import { arrayOf, INT64, STRING, structField, structOf } from '../../../googlesql/types/sql-type.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import type { ScriptError } from '../query/session.ts';

/** A place in a script, or in a procedure that it called. */
export type StackPlace = { readonly line: number; readonly column: number; readonly procedure: string | undefined };

/** `3:7`, `p.d.procedure:3:7`. */
export const toPlaceText = ({ line, column, procedure }: StackPlace): string =>
  `${procedure === undefined ? '' : `${procedure}:`}${line}:${column}`;

const frame = structOf([
  structField('line', INT64),
  structField('column', INT64),
  structField('filename', STRING),
  structField('location', STRING),
]);
const stack = arrayOf(frame);

/** `@@error.*`: NULL outside of an exception handler. */
export function errorVariables(error: ScriptError | undefined): readonly Variable[] {
  const text = (value: string | undefined): string => (value === undefined ? 'CAST(NULL AS VARCHAR)' : quoteText(value));
  const formatted = error?.stack.map(({ line, column, procedure }) => `At ${procedure ?? ''}[${line}:${column}]`).join('\n');
  return [
    { name: 'error.message', type: STRING, duckSql: text(error?.message) },
    { name: 'error.statement_text', type: STRING, duckSql: text(error?.statementText) },
    { name: 'error.formatted_stack_trace', type: STRING, duckSql: text(formatted) },
    { name: 'error.stack_trace', type: stack, duckSql: toStackSql(error) },
  ];
}

function toStackSql(error: ScriptError | undefined): string {
  if (!error) return `CAST(NULL AS ${duckType(stack)})`;
  const names = structFieldNames(frame).map(quoteName);
  const frames = error.stack.map(({ line, column, procedure }) => {
    const values = [String(line), String(column), 'NULL', procedure === undefined ? 'NULL' : quoteText(procedure)];
    return `struct_pack(${names.map((name, index) => `${name} := ${values[index]}`).join(', ')})`;
  });
  return `CAST([${frames.join(', ')}] AS ${duckType(stack)})`;
}
