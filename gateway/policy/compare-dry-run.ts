import type { DryRunFacts, Statement } from '../exchange.ts';

/**
 * What BigQuery understood must be what we understood. Tables may differ (views hide theirs, and all are judged);
 * the kind of statement may not. Returns why not as text.
 */
export function findDisagreement(statement: Statement, dryRun: DryRunFacts): string | undefined {
  const theirs = dryRun.statementType;
  if (theirs === undefined || theirs === statement.statementType) return undefined;
  return `BigQuery reads the statement as ${theirs}, this gateway as ${statement.statementType}: where the two disagree nothing is run`;
}
