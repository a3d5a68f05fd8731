import type { StatementDiff } from '../../../shared/contract/diff.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import { findExchange } from '../exchange/find-exchange.ts';
import type { ReviewCase } from '../review-case.ts';
import { diffSql } from './diff-sql.ts';

/** How the SQL of two exchanges differs. Throws EXCHANGE_UNKNOWN, DIFF_NO_SQL. */
export async function diffStatements(review: ReviewCase, leftId: string, rightId: string): Promise<StatementDiff> {
  const [left, right] = await Promise.all([readSide(review, leftId), readSide(review, rightId)]);
  return {
    left,
    right,
    identical: left.sql === right.sql,
    sameFingerprint: left.sql === right.sql || (left.fingerprint !== undefined && left.fingerprint === right.fingerprint),
    ...diffSql(left.sql, right.sql),
  };
}

async function readSide(review: ReviewCase, exchangeId: string): Promise<StatementDiff['left']> {
  const { row } = await findExchange(review, exchangeId);
  const number = Number(row['number']);
  const [statement] = await review.database.all('SELECT sql, fingerprint FROM statement WHERE number = $1', [BigInt(number)]);
  if (statement?.['sql'] == null) throw new EngineError({ code: 'DIFF_NO_SQL', message: `Exchange ${number} holds no SQL to compare.` });
  const fingerprint = statement['fingerprint'];
  return { exchangeId, number, sql: String(statement['sql']), ...(typeof fingerprint === 'string' ? { fingerprint } : {}) };
}
