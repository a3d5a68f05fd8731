import { createInvalidQuery } from '../failure.ts';
import type { StatementContext } from '../query/statement-context.ts';

/** BQ.ABORT_SESSION and BQ.ABORT_TRANSACTION: procedures nobody created. */
export const isAbortSession = (path: readonly string[]): boolean => path.length === 2 && path[0]!.toUpperCase() === 'BQ';

export async function runSystemProcedure({ session, world }: StatementContext, path: readonly string[]): Promise<undefined> {
  const name = path[1]!.toUpperCase();
  if (name === 'ABORT_SESSION' && session.id !== undefined) world.abortSession(session.id);
  else if (name === 'ABORT_TRANSACTION' || name === 'ABORT_SESSION') await session.rollbackTransaction();
  else if (name !== 'REFRESH_MATERIALIZED_VIEW') throw createInvalidQuery(`Procedure not found: ${path.join('.')}`);
}
