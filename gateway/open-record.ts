import { redactTarget } from '../shared/bigquery/parse-target.ts';
import type { Exchange, Principal } from './exchange.ts';
import type { IntentInput, PrincipalInput } from './record/record-input.ts';

/** Headers that are credentials, or carry them, are not recorded. */
const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-goog-api-key',
  'x-goog-iam-authorization-token',
  'x-api-key',
]);

/** Refused before anybody was known: these exchanges have a session of their own. */
export const nobody: Principal = { kind: 'agent', issuer: 'none', subject: 'unauthenticated', groups: [], actChain: [] };

/** All that is known before a byte goes to BigQuery. */
export function toIntent(exchange: Exchange): IntentInput {
  const { statement, request, call, job } = exchange;
  return {
    exchangeId: exchange.id,
    sessionId: exchange.session!.sessionId,
    at: exchange.at,
    principal: toPrincipalInput(exchange),
    client: { address: request.socket.remoteAddress, door: exchange.door },
    request: {
      method: request.method ?? '',
      target: redactTarget(request.url ?? ''),
      httpVersion: request.httpVersion,
      headers: toRecordedHeaders(request.rawHeaders),
    },
    methodId: call?.method.id,
    projectId: exchange.projectId,
    connection: exchange.connection,
    statement: statement && {
      sql: statement.sql,
      fingerprint: statement.fingerprint,
      statementType: statement.statementType,
      referencedTables: exchange.wishes
        .flatMap(({ resource }) => (resource.type === 'Table' ? [resource.id] : []))
        .filter((id, index, all) => all.indexOf(id) === index),
      parameters: statement.parameters,
      dryRun: statement.isDryRun,
      estimate: statement.dryRun && {
        totalBytesProcessed: statement.dryRun.totalBytesProcessed,
        accuracy: statement.dryRun.totalBytesProcessedAccuracy,
      },
    },
    job,
    decision: exchange.decision ?? { effect: 'error', rules: [] },
    content: exchange.content,
  };
}

/** The same object for the same principal with the same tool as last time: the recorder knows it again without looking at it. */
export function toPrincipalInput({ principal = nobody, request }: Pick<Exchange, 'principal' | 'request'>): PrincipalInput {
  const tool = request.headers['user-agent']?.slice(0, 500);
  const last = lastInputs.get(principal);
  if (last !== undefined && last.tool === tool) return last;
  const { sessionName: _, ...known } = principal;
  const input = { ...known, tool };
  lastInputs.set(principal, input);
  return input;
}

const lastInputs = new WeakMap<Principal, PrincipalInput>();

export function toRecordedHeaders(raw: readonly string[]): (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    if (!secretHeaders.has(name)) headers.push([name, raw[index + 1]!]);
  }
  return headers;
}
