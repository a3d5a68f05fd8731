import type { RetentionDecision, SealFacts } from '../archive/seal-session.ts';
import type { RetentionConfig } from '../config-retention.ts';
import type { HoldRegister } from './hold-register.ts';
import { classify, retainUntil } from './retention-rules.ts';

/** Asked when a session is sealed: how long its recording must stay, and whether a hold is on it from the start. */
export function decideRetention(config: RetentionConfig | undefined, holds: HoldRegister, facts: SealFacts): RetentionDecision {
  const { connections, groups, sessionId, startedAt, closedAt, issuer, subject } = facts;
  const closed = new Date(closedAt);
  const found = classify(config, { connections, groups }, closed);
  const isOf = (principal: { readonly issuer: string; readonly subject: string }): boolean =>
    principal.issuer === issuer && principal.subject === subject;
  const legalHold = holds.covering({ sessionId, connections, startedAt, closedAt, isOf }).length > 0;
  return { rule: found.rule, until: retainUntil(found, closed), legalHold };
}
