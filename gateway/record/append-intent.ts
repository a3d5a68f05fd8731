import { withoutLiterals } from './content-free/without-content.ts';
import { withoutCredentialHeaders, withoutCredentialQuery } from './credentials.ts';
import { leafDecision, leafJob, leafName, leafStatement } from './leaf-text.ts';
import type { IntentInput } from './record-input.ts';
import type { SessionLog } from './session-log.ts';

/** Who wants what, and what policy said. Throws IntentTooLarge; nothing of the session has changed then. */
export function appendIntent(session: SessionLog, number: number, intent: IntentInput): void {
  const { request } = intent;
  const content = intent.content === 'content-free' ? intent.content : undefined;
  const statement = content === undefined ? intent.statement : withoutLiterals(intent.statement);
  const identity = session.discloseIdentity(intent.principal);
  const requestDigest = session.disclose(number, 'request', {
    target: withoutCredentialQuery(request.target),
    headers: withoutCredentialHeaders(request.headers),
    clientAddress: intent.client.address,
  });
  const sql = statement && session.disclose(number, 'sql', statement.sql);
  const parameters = statement?.parameters === undefined ? undefined : session.disclose(number, 'parameters', statement.parameters);
  session.append(number, ({ at, monoUs, prev, seq }) => ({
    approval: intent.approval && { approvalId: leafName(intent.approval.approvalId), state: intent.approval.state },
    at,
    connection: intent.connection,
    content,
    decision: leafDecision(intent.decision),
    disclosed: { identity, parameters, request: requestDigest, sql },
    door: leafName(intent.client.door),
    exchange: number,
    exchangeId: intent.exchangeId,
    httpMethod: leafName(request.method),
    httpVersion: leafName(request.httpVersion),
    job: leafJob(intent.job),
    kind: 'intent',
    methodId: intent.methodId,
    monoUs,
    prev,
    projectId: intent.projectId?.slice(0, 1_024) || undefined,
    seq,
    statement: leafStatement(statement),
  }));
}
