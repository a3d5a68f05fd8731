import { parseScript } from '../parse-script.ts';
import { SqlError } from '../sql-error.ts';
import type { Expression } from '../syntax/ast.ts';
import type { Query } from '../syntax/ast-query.ts';

/** A stored body as a tree. The spans count in `text`. */
export type Body<T> = { readonly text: string } & T;

export function parseBodyExpression(body: string): Body<{ readonly expression: Expression }> {
  const text = `SELECT (${body}\n)`;
  const [statement] = parseScript(text).statements;
  const select = statement?.kind === 'QueryStatement' ? statement.query.body : undefined;
  const item = select?.kind === 'Select' ? select.selectList[0] : undefined;
  if (item?.kind !== 'SelectColumn') throw new SqlError('analysis', 'A function body must be an expression', text, 0);
  return { text, expression: item.expression };
}

export function parseBodyQuery(text: string): Body<{ readonly query: Query }> {
  const [statement] = parseScript(text).statements;
  if (statement?.kind !== 'QueryStatement') throw new SqlError('analysis', 'A view or table function must be a query', text, 0);
  return { text, query: statement.query };
}
