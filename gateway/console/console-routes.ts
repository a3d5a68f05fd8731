// The people's door: a small web console on the public listener, under /console alone. Server-rendered, without scripts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { doorOf } from '../doors/door.ts';
import { Refusal } from '../errors.ts';
import type { RecordAccess } from '../exchange.ts';
import type { GatewayTokens } from '../identity/gateway-tokens.ts';
import type { RefreshCredentials } from '../identity/refresh-credentials.ts';
import type { PersonalAccounts } from '../upstream/per-user/personal-accounts.ts';
import { accountRoutes } from './account-routes.ts';
import { accountsRoutes } from './accounts-routes.ts';
import { type ConsoleContext, findLogin, toViewer } from './console-context.ts';
import { ConsoleProblem } from './console-problem.ts';
import { Logins } from './logins.ts';
import { OidcSignIn } from './oidc-provider.ts';
import { errorPage } from './pages/error-page.ts';
import { RecordedSessions } from './recorded-sessions.ts';
import { SamlSignIn } from './saml-provider.ts';
import { sendPage } from './send-page.ts';
import { ShortMemory } from './short-memory.ts';
import { SignInAttempts } from './sign-in-attempt.ts';
import { signInRoutes } from './sign-in-routes.ts';

export type ConsoleOptions = {
  readonly config: Config;
  readonly tokens: GatewayTokens;
  /** Undefined where people cannot sign in: then there is no console. */
  readonly credentials: RefreshCredentials | undefined;
  readonly accounts: readonly PersonalAccounts[];
  readonly access: RecordAccess;
};

const minuteMs = 60_000;
const style = ['../../shared/screens/tokens.css', 'console.css']
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');
const icon = readFileSync(join(import.meta.dirname, 'icon.svg'), 'utf8');

export function consoleRoutes(app: FastifyInstance, { config, tokens, credentials, accounts, access }: ConsoleOptions): void {
  if (config.people === undefined || credentials === undefined) return;
  const context = openContext(config, tokens, credentials, accounts, access);
  app.addHook('onClose', async () => context.logins.close());
  app.register(
    async (scope) => {
      await scope.register(cookie);
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 64 * 1024 }, (_request, body, done) =>
        done(null, new URLSearchParams(String(body))),
      );
      scope.addHook('onRequest', async (request, reply) => {
        if (doorOf(request.raw, config.universe?.domain) !== 'direct') return refuseDoor(request, reply);
        reply.headers(securityHeaders(context));
      });
      scope.setErrorHandler(async (error: FastifyError | Error, request, reply) => {
        const problem = toProblem(error);
        await recordFailedSignIn(problem, request, context);
        return sendProblem(problem, request, reply, context);
      });
      scope.get('/style.css', async (_request, reply) =>
        reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(style),
      );
      scope.get('/icon.svg', async (_request, reply) => reply.type('image/svg+xml').header('cache-control', 'no-cache').send(icon));
      signInRoutes(scope, context);
      accountRoutes(scope, context);
      accountsRoutes(scope, context);
      scope.all('/*', async () => {
        throw new ConsoleProblem('notFound');
      });
    },
    { prefix: '/console' },
  );
}

function openContext(
  config: Config,
  tokens: GatewayTokens,
  credentials: RefreshCredentials,
  accounts: readonly PersonalAccounts[],
  access: RecordAccess,
): ConsoleContext {
  const people = config.people!;
  const publicUrl = config.publicUrl!.replace(/\/$/, '');
  const consoleUrl = `${publicUrl}/console`;
  const { idleMinutes, maxHours } = people.session;
  return {
    people,
    publicUrl,
    project: config.connections.flatMap(({ projects }) => projects).find((each) => each !== '*'),
    credentials,
    access,
    logins: new Logins(config.dataDirectory, { idleMs: idleMinutes * minuteMs, maxMs: maxHours * 60 * minuteMs }),
    attempts: new SignInAttempts(),
    oidc: people.oidc.map((each) => new OidcSignIn(each, consoleUrl, tokens)),
    saml: people.saml.map((each) => new SamlSignIn(each, consoleUrl)),
    accounts,
    recorded: new RecordedSessions(config.dataDirectory),
    handoffs: new ShortMemory(minuteMs),
    idTokens: new ShortMemory(maxHours * 60 * minuteMs),
    files: new ShortMemory(10 * minuteMs),
  };
}

/** No scripts, nothing from elsewhere, no frames; forms lead here, and to where signing out ends. */
function securityHeaders({ people }: ConsoleContext): Record<string, string> {
  const signOut = [...people.oidc.map(({ issuer }) => issuer), ...people.saml.flatMap(({ signOutUrl }) => signOutUrl ?? [])];
  const origins = [...new Set(signOut.map((each) => new URL(each).origin))].join(' ');
  return {
    'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' ${origins}; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}

/** Under Google's names there is no console: what is asked for there is answered as an API answers. */
function refuseDoor({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = new Refusal('ROUTE_UNKNOWN', { method, path: url.split('?')[0]!.slice(0, 200) });
  return reply.code(refusal.status).send(refusal.toEnvelope());
}

function toProblem(error: FastifyError | Error): ConsoleProblem {
  if (error instanceof ConsoleProblem) return error;
  const { code } = error as FastifyError;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ConsoleProblem('tooLarge');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ConsoleProblem('badForm', { why: 'The form came in a format no browser uses' });
  return new ConsoleProblem('failed', {}, error.stack);
}

/** Where a sign-in ends, whoever tried it. */
const signInEnd = /^\/console\/(oidc|saml)\/[^/]+\/(callback|acs|finish|slo)$/;

async function recordFailedSignIn({ status, message }: ConsoleProblem, { raw }: FastifyRequest, { access }: ConsoleContext): Promise<void> {
  const path = raw.url?.split('?')[0] ?? '';
  if (!signInEnd.test(path)) return;
  // Nobody came in: a recorder that is down must not hide why.
  const kind = path.endsWith('/slo') ? 'sign-out' : 'sign-in';
  await access(raw, { kind, principal: undefined, status, refusal: message }).catch(() => undefined);
}

function sendProblem(problem: ConsoleProblem, request: FastifyRequest, reply: FastifyReply, context: ConsoleContext): FastifyReply {
  if (problem.detail !== undefined)
    console.error(`console ${request.method} ${request.url.split('?')[0]}: ${problem.message} ${problem.detail}`);
  const login = problem.status === 500 ? undefined : findLogin(request, reply, context);
  return sendPage(reply, errorPage(problem, login && toViewer(login)), problem.status);
}
