import type { AssertStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { createInvalidQuery } from '../failure.ts';
import { isTrue } from '../script/script-values.ts';
import type { OutcomeFacts } from './outcome.ts';
import type { StatementContext } from './statement-context.ts';

export async function runAssert(context: StatementContext, { condition, description }: AssertStatement): Promise<OutcomeFacts> {
  if (await isTrue(context, condition)) return {};
  throw createInvalidQuery(`Assertion failed${description === undefined ? '' : `: ${description.value}`}`);
}
