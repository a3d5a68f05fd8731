import type { AlignedPair, SessionDiff } from '../../../shared/contract/diff.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { SqlRow } from '../database/case-database.ts';
import { dropAbsent, toText } from '../exchange/exchange-row.ts';
import type { ReviewCase } from '../review-case.ts';
import { alignStatements } from './align-statements.ts';

export type SessionChoice = { readonly bundleId: number; readonly sessionId: string };

const maxStatements = 100_000;

/** Two sessions with their statements side by side, aligned by fingerprint. Throws SESSION_UNKNOWN. */
export async function diffSessions(review: ReviewCase, left: SessionChoice, right: SessionChoice): Promise<SessionDiff> {
  const [leftRows, rightRows] = [await readStatements(review, left), await readStatements(review, right)];
  const keyOf = (row: SqlRow): string => String(row['fingerprint'] ?? row['sql']);
  const pairs = alignStatements(leftRows.map(keyOf), rightRows.map(keyOf)).map((pair) =>
    toPair(pair.left === undefined ? undefined : leftRows[pair.left], pair.right === undefined ? undefined : rightRows[pair.right]),
  );
  const count = (kind: AlignedPair['kind']): number => pairs.filter((pair) => pair.kind === kind).length;
  const divergence = pairs.findIndex(({ kind, differences }) => kind !== 'same' || differences.length > 0);
  return {
    pairs,
    ...(divergence < 0 ? {} : { firstDivergence: divergence }),
    summary: { same: count('same'), changed: count('changed'), removed: count('removed'), added: count('added') },
  };
}

async function readStatements(review: ReviewCase, { bundleId, sessionId }: SessionChoice): Promise<readonly SqlRow[]> {
  const [session] = await review.database.all('SELECT 1 FROM session WHERE bundle_id = $1 AND session_id = $2', [bundleId, sessionId]);
  if (session === undefined) throw new EngineError({ code: 'SESSION_UNKNOWN', message: 'This session is not in the case.' });
  return review.database.all(
    `SELECT e.exchange_id, e.number, s.sql, s.fingerprint, e.outcome, e.effect, e.total_bytes_processed, e.total_rows, e.duration_ms
     FROM statement s JOIN exchange e USING (bundle_id, number) WHERE bundle_id = $1 AND NOT e.dry_run ORDER BY number LIMIT ${maxStatements}`,
    [bundleId],
  );
}

function toPair(left: SqlRow | undefined, right: SqlRow | undefined): AlignedPair {
  const sides = { ...(left === undefined ? {} : { left: toSide(left) }), ...(right === undefined ? {} : { right: toSide(right) }) };
  if (left === undefined) return { kind: 'added', ...sides, differences: [] };
  if (right === undefined) return { kind: 'removed', ...sides, differences: [] };
  const sameFingerprint = left['fingerprint'] === right['fingerprint'] && left['fingerprint'] != null;
  const sameText = left['sql'] === right['sql'];
  const differs = (column: string): boolean => left[column] !== right[column];
  const differences: AlignedPair['differences'] = [
    ...(sameText ? [] : ['text' as const]),
    ...(differs('outcome') ? ['outcome' as const] : []),
    ...(differs('effect') ? ['effect' as const] : []),
    ...(differs('total_bytes_processed') ? ['bytes' as const] : []),
    ...(differs('total_rows') ? ['rows' as const] : []),
  ];
  return { kind: sameFingerprint || sameText ? 'same' : 'changed', ...sides, differences };
}

const toSide = (row: SqlRow): NonNullable<AlignedPair['left']> =>
  dropAbsent({
    exchangeId: row['exchange_id'],
    number: Number(row['number']),
    sql: String(row['sql'] ?? '(redacted)'),
    outcome: row['outcome'],
    effect: row['effect'],
    totalBytesProcessed: toText(row['total_bytes_processed']),
    totalRows: toText(row['total_rows']),
    durationMs: row['duration_ms'],
  }) as NonNullable<AlignedPair['left']>;
