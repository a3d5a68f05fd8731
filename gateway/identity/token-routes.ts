import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RecordAccess } from '../exchange.ts';
import { exchangeGrant, exchangeToken } from './exchange-token.ts';
import type { GatewayTokens } from './gateway-tokens.ts';
import type { RefreshCredentials } from './refresh-credentials.ts';
import { refreshGrant, refreshToken } from './refresh-token.ts';
import { problem, type TokenAnswer, type TokenProblem } from './token-answer.ts';
import type { TokenVerifier } from './verify-token.ts';

export type TokenRoutesOptions = {
  readonly verifier: TokenVerifier;
  readonly tokens: GatewayTokens;
  /** Undefined where people cannot sign in. */
  readonly credentials: RefreshCredentials | undefined;
  readonly access: RecordAccess;
};

/**
 * `POST …/v1/token` (RFC 8693): an issuer's token for the gateway's own; `POST …/v1/oauthtoken`: a person's refresh token for one
 * (both take both); `POST …/v1/introspect` (RFC 7662); `POST …/v1/revoke` (RFC 7009); the public keys of the gateway's tokens at
 * `/.well-known/jwks.json`.
 * Google's auth libraries call them. Whom a token was given to, and who was refused one, is recorded before the answer; looking at a token is not.
 */
export function tokenRoutes(app: FastifyInstance, options: TokenRoutesOptions): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 64 * 1024 }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((_error, _request, reply) =>
      sendProblem(reply, problem('invalid_request', 'Send application/x-www-form-urlencoded, at most 64 KiB')),
    );
    const grant = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const answer = await answerGrant(readForm(request), request.headers.authorization, options);
      if (!(await isRecorded(request, answer, options))) return sendUnrecorded(reply);
      return 'error' in answer ? sendProblem(reply, answer) : reply.header('cache-control', 'no-store').send(answer);
    };
    scope.post('/v1/token', grant);
    scope.post('/v1/oauthtoken', grant);
    scope.post('/v1/introspect', async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await introspect(readForm(request).get('token') ?? '', options.verifier)),
    );
    scope.get('/.well-known/jwks.json', async (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=300')
        .type('application/jwk-set+json')
        .send(JSON.stringify(options.tokens.keys.toJwks())),
    );
    scope.post('/v1/revoke', async (request, reply) => {
      const principal = options.credentials?.revokeByToken(readForm(request).get('token') ?? '');
      if (principal !== undefined) await options.access(request.raw, { kind: 'token-revoke', principal, session: 'console', status: 200 });
      return reply.header('cache-control', 'no-store').send({});
    });
  });
}

/** Whose the new token is, the token says; false where nothing can be recorded: then nobody gets one. */
async function isRecorded(
  { raw }: FastifyRequest,
  answer: TokenProblem | TokenAnswer,
  { verifier, access }: TokenRoutesOptions,
): Promise<boolean> {
  try {
    if ('error' in answer) {
      const refusal = answer.error_description ?? answer.error;
      await access(raw, { kind: 'token-exchange', principal: undefined, status: 400, refusal });
    } else {
      const { principal } = await verifier.verify(answer.access_token);
      await access(raw, { kind: 'token-exchange', principal, session: principal.sessionName, status: 200 });
    }
    return true;
  } catch (error) {
    if ((error as Error).name === 'RecorderDown') return false;
    throw error;
  }
}

/** 503, so that clients come again. */
const sendUnrecorded = (reply: FastifyReply): FastifyReply =>
  reply
    .code(503)
    .header('retry-after', '5')
    .send(problem('temporarily_unavailable', 'The gateway cannot record at the moment, so it gives out no tokens.'));

const readForm = ({ body }: FastifyRequest): URLSearchParams => new URLSearchParams(String(body ?? ''));

const sendProblem = (reply: FastifyReply, answer: TokenProblem): FastifyReply =>
  reply.code(400).header('cache-control', 'no-store').send(answer);

async function answerGrant(
  form: URLSearchParams,
  authorization: string | undefined,
  { verifier, tokens, credentials }: TokenRoutesOptions,
): Promise<TokenProblem | TokenAnswer> {
  const repeated = [...new Set(form.keys())].find((name) => form.getAll(name).length > 1);
  if (repeated !== undefined) return problem('invalid_request', `${repeated.slice(0, 40)} is given twice`);
  const grant = form.get('grant_type');
  if (grant === exchangeGrant) return exchangeToken(form, verifier, tokens);
  if (grant === refreshGrant && credentials !== undefined) return refreshToken(form, authorization, credentials, tokens);
  return problem(
    'unsupported_grant_type',
    credentials === undefined ? `grant_type must be ${exchangeGrant}` : `grant_type must be ${exchangeGrant} or ${refreshGrant}`,
  );
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
