import type { Exchange } from '../exchange.ts';

/** What a log line and a span say of an exchange that ended. Nothing that a client could fill with secrets: no SQL, no headers, no path. */
export function describeExchange(exchange: Exchange) {
  const { principal, session, call, decision, ending, job, statement } = exchange;
  return {
    exchange: exchange.id,
    session: session?.sessionId,
    issuer: principal?.issuer,
    subject: principal?.subject,
    door: exchange.door,
    method: call?.method.id,
    project: exchange.projectId,
    connection: exchange.connection,
    statementType: statement?.statementType,
    fingerprint: statement?.fingerprint,
    job: job?.jobId,
    decision: decision?.effect,
    rules: decision?.rules,
    outcome: ending?.outcome,
    status: ending?.status,
    reason: ending?.reason,
    bytesFromUpstream: ending?.bytesFromUpstream,
    bytesToClient: ending?.bytesToClient,
    durationMs: Math.round(exchange.elapsedMs() * 1000) / 1000,
  };
}
