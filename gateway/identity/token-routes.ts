import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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
};

/**
 * `POST …/v1/token` (RFC 8693): an issuer's token for the gateway's own; `POST …/v1/oauthtoken`: a person's refresh token for one
 * (both take both); `POST …/v1/introspect` (RFC 7662); `POST …/v1/revoke` (RFC 7009); the public keys of the gateway's tokens at
 * `/.well-known/jwks.json`.
 * Google's auth libraries call them; they are no part of a session and are not recorded.
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
      options.credentials?.revokeByToken(readForm(request).get('token') ?? '');
      return reply.header('cache-control', 'no-store').send({});
    });
  });
}

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
