import type { TransactionStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { createInvalidQuery } from '../failure.ts';
import type { OutcomeFacts } from './outcome.ts';
import type { StatementContext } from './statement-context.ts';

export async function runTransaction({ session, world }: StatementContext, { kind }: TransactionStatement): Promise<OutcomeFacts> {
  if (kind === 'BeginTransactionStatement') {
    if (session.transactionId !== undefined)
      throw createInvalidQuery('Transaction is already in progress; nested transactions are not supported');
    await session.beginTransaction();
    return { transactionId: session.transactionId! };
  }
  const { transactionId } = session;
  if (transactionId === undefined)
    throw createInvalidQuery(`There is no transaction in progress to ${kind === 'CommitStatement' ? 'commit' : 'roll back'}`);
  if (kind === 'CommitStatement') await session.commitTransaction();
  else await session.rollbackTransaction();
  world.core.sizes.forgetAll();
  return { transactionId };
}
