import { createHash } from 'node:crypto';
import type { Finding } from '../../../shared/contract/finding.ts';
import type { SqlRow } from '../database/case-database.ts';
import { toInstant } from '../exchange/exchange-row.ts';
import type { ReviewCase } from '../review-case.ts';
import { type DetectorEntry, detectors } from './detectors.ts';

/** Exchanges a finding names; its explanation tells the whole count. */
const maxExchanges = 200;

/** Runs every detector over the case. Kept until the tables change. */
export function createFindings(review: ReviewCase): () => Promise<readonly Finding[]> {
  let kept: { readonly revision: number; readonly findings: Promise<readonly Finding[]> } | undefined;
  return () => {
    if (kept?.revision !== review.revision) kept = { revision: review.revision, findings: detectAll(review) };
    return kept.findings;
  };
}

async function detectAll(review: ReviewCase): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const entry of detectors) {
    for (const row of await review.database.all(entry.sql)) found.push(await toFinding(review, entry, row));
  }
  return found;
}

async function toFinding(review: ReviewCase, entry: DetectorEntry, row: SqlRow): Promise<Finding> {
  const numbers = (row['numbers'] as readonly bigint[]).slice(0, maxExchanges);
  const rows = await review.database.all(
    `SELECT exchange_id, number, started_at FROM exchange WHERE number IN (${numbers.join(', ')}) ORDER BY number`,
  );
  const exchanges = rows.map((each) => ({ exchangeId: String(each['exchange_id']), number: Number(each['number']) }));
  const { detector, severity, title } = entry;
  const explanation = String(row['explanation']);
  const findingId = createHash('sha256').update(`${detector}\n${exchanges[0]?.exchangeId}\n${explanation}`).digest('hex').slice(0, 16);
  return {
    findingId,
    detector,
    severity,
    title,
    explanation,
    ...(rows[0] === undefined ? {} : { at: toInstant(rows[0]['started_at']) }),
    exchanges,
  };
}
