import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refusal } from '../errors.ts';
import { type GatewayTokens, lifetimeSeconds } from './gateway-tokens.ts';
import { maximumTokenLength } from './read-bearer.ts';
import type { TokenVerifier } from './verify-token.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const subjectTokenTypes = new Set(['urn:ietf:params:oauth:token-type:id_token', 'urn:ietf:params:oauth:token-type:jwt', accessTokenType]);
const sessionNamePattern = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;

type Granted = {
  readonly access_token: string;
  readonly issued_token_type: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
};
type Problem = { readonly error: string; readonly error_description: string };

/**
 * `POST …/v1/token` (RFC 8693): an issuer's token for the gateway's own; `POST …/v1/introspect` (RFC 7662).
 * Google's auth libraries call them; they are no part of a session and are not recorded.
 */
export function tokenRoutes(app: FastifyInstance, verifier: TokenVerifier, own: GatewayTokens): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 64 * 1024 }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((_error, _request, reply) =>
      sendProblem(reply, { error: 'invalid_request', error_description: 'Send application/x-www-form-urlencoded, at most 64 KiB' }),
    );
    scope.post('/v1/token', async (request, reply) => {
      const form = new URLSearchParams(String(request.body ?? ''));
      const answer = await exchangeToken(form, verifier, own);
      return 'error' in answer ? sendProblem(reply, answer) : reply.header('cache-control', 'no-store').send(answer);
    });
    scope.post('/v1/introspect', async (request, reply) => {
      const form = new URLSearchParams(String(request.body ?? ''));
      return reply.header('cache-control', 'no-store').send(await introspect(form.get('token') ?? '', verifier));
    });
  });
}

const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply.code(400).header('cache-control', 'no-store').send(problem);

async function exchangeToken(form: URLSearchParams, verifier: TokenVerifier, own: GatewayTokens): Promise<Problem | Granted> {
  const repeated = [...new Set(form.keys())].find((name) => form.getAll(name).length > 1);
  if (repeated !== undefined) return problem('invalid_request', `${repeated} is given twice`);
  if (form.get('grant_type') !== exchangeGrant) return problem('unsupported_grant_type', `grant_type must be ${exchangeGrant}`);
  const token = form.get('subject_token') ?? '';
  if (token === '') return problem('invalid_request', 'subject_token is missing');
  if (token.length > maximumTokenLength) return problem('invalid_request', 'subject_token is too long');
  if (!subjectTokenTypes.has(form.get('subject_token_type') ?? ''))
    return problem('invalid_request', 'subject_token_type must be an id_token or a jwt');
  if (![null, '', accessTokenType].includes(form.get('requested_token_type')))
    return problem('invalid_request', `requested_token_type must be ${accessTokenType}`);
  const session = readSessionName(form.get('audience') ?? '');
  if (session === undefined)
    return problem('invalid_target', 'session in the audience must be letters, digits, ".", "_", "~" or "-", at most 128');
  try {
    const { principal } = await verifier.verifyForeign(token);
    const access = await own.issue(session === '' ? principal : { ...principal, sessionName: session });
    return { access_token: access, issued_token_type: accessTokenType, token_type: 'Bearer', expires_in: lifetimeSeconds };
  } catch (error) {
    if (error instanceof Refusal) return problem(error.status === 503 ? 'temporarily_unavailable' : 'invalid_grant', error.message);
    throw error;
  }
}

const problem = (error: string, description: string): Problem => ({ error, error_description: description });

/** `//gw.example.com/oidc/dev?session=ticket-123` → `ticket-123`; empty when there is none, undefined when it is unusable. */
function readSessionName(audience: string): string | undefined {
  const mark = audience.indexOf('?');
  const name = mark < 0 ? null : new URLSearchParams(audience.slice(mark + 1)).get('session');
  if (name === null || name === '') return '';
  return sessionNamePattern.test(name) ? name : undefined;
}

async function introspect(token: string, verifier: TokenVerifier): Promise<Record<string, unknown>> {
  try {
    const { principal, expiresAt } = await verifier.verify(token);
    return {
      active: true,
      username: principal.email ?? principal.subject,
      sub: principal.subject,
      iss: principal.issuer,
      exp: Math.floor(expiresAt / 1000),
    };
  } catch {
    return { active: false };
  }
}
