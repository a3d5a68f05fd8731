import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../exchange.ts';
import { type ConsoleContext, clearCookie, findLogin, readCookie, readForm, requireOwnForm, setCookie } from './console-context.ts';
import { ConsoleProblem } from './console-problem.ts';
import type { OidcSignIn } from './oidc-provider.ts';
import { signInPage } from './pages/sign-in-page.ts';
import type { SamlSignIn } from './saml-provider.ts';
import { sendPage } from './send-page.ts';
import type { SignInAttempt } from './sign-in-attempt.ts';

type Named = { Params: { name: string } };

/** Sign in and out, with both kinds of identity provider. */
export function signInRoutes(app: FastifyInstance, context: ConsoleContext): void {
  app.get('/sign-in', async (_request, reply) => sendPage(reply, toSignInPage(context)));
  app.get('/signed-out', async (_request, reply) => sendPage(reply, toSignInPage(context, 'You are signed out.')));
  oidcRoutes(app, context);
  samlRoutes(app, context);
  samlLogoutRoutes(app, context);
  app.post('/sign-out', async (request, reply) => {
    const login = findLogin(request, reply, context);
    if (login === undefined) return reply.redirect('/console/sign-in', 303);
    requireOwnForm(request, login, context);
    context.logins.end(login.id);
    await context.access(request.raw, { kind: 'sign-out', principal: login.principal, session: 'console', status: 303 });
    clearCookie(reply, 'login', context);
    const oidc = context.oidc.find(({ provider }) => provider.name === login.provider);
    const saml = context.saml.find(({ provider }) => provider.name === login.provider);
    const address = oidc
      ? await oidc.signOutAddress(context.idTokens.take(login.id), `${context.publicUrl}/console/signed-out`)
      : await saml?.signOutAddress(login.logoutHint);
    return reply.redirect(address?.toString() ?? '/console/signed-out', 303);
  });
}

const toSignInPage = ({ oidc, saml, publicUrl }: ConsoleContext, note?: string): string =>
  signInPage(
    [
      ...oidc.map(({ provider, title }) => ({ kind: 'oidc' as const, name: provider.name, title })),
      ...saml.map(({ provider, title }) => ({ kind: 'saml' as const, name: provider.name, title })),
    ],
    new URL(publicUrl).host,
    note,
  );

function oidcRoutes(app: FastifyInstance, context: ConsoleContext): void {
  const named = (name: string): OidcSignIn => findProvider(context.oidc, name);
  app.get<Named>('/oidc/:name/start', async ({ params }, reply) => {
    const { address, attempt } = await named(params.name).start();
    return begin(reply, attempt, address.toString(), context);
  });
  app.get<Named>('/oidc/:name/callback', async (request, reply) => {
    const provider = named(request.params.name);
    const attempt = await context.attempts.open(readCookie(request, 'sign-in', context), 'oidc', provider.provider.name);
    if (attempt === undefined) throw new ConsoleProblem('expired');
    clearCookie(reply, 'sign-in', context);
    const { principal, idToken } = await provider.finish(new URL(request.url, context.publicUrl).search, attempt);
    return finish(request, reply, principal, provider.provider.name, context, { idToken });
  });
}

function samlRoutes(app: FastifyInstance, context: ConsoleContext): void {
  const named = (name: string): SamlSignIn => findProvider(context.saml, name);
  app.get<Named>('/saml/:name', async ({ params }, reply) =>
    reply.type('application/samlmetadata+xml').send(await named(params.name).metadata()),
  );
  app.get<Named>('/saml/:name/start', async ({ params }, reply) => {
    const { address, attempt } = await named(params.name).start();
    return begin(reply, attempt, address, context);
  });
  app.post<Named>('/saml/:name/acs', { bodyLimit: 512 * 1024 }, async (request, reply) => {
    const provider = named(request.params.name);
    const person = await provider.accept(readForm(request).get('SAMLResponse') ?? '');
    const { entityId, name } = provider.provider;
    if (!context.logins.takeAssertion(entityId, person.assertion.id, person.assertion.until)) throw new ConsoleProblem('expired');
    const handoff = randomBytes(24).toString('base64url');
    context.handoffs.keep(handoff, person);
    return reply.redirect(`/console/saml/${name}/finish?handoff=${handoff}`, 303);
  });
  app.get<Named & { Querystring: { handoff?: string } }>('/saml/:name/finish', async (request, reply) => {
    const { name } = named(request.params.name).provider;
    const person = context.handoffs.take(String(request.query.handoff));
    const attempt = await context.attempts.open(readCookie(request, 'sign-in', context), 'saml', name);
    if (person === undefined || attempt === undefined || person.assertion.inResponseTo !== attempt.id) throw new ConsoleProblem('expired');
    clearCookie(reply, 'sign-in', context);
    return finish(request, reply, person.principal, name, context, { logoutHint: person.logoutHint });
  });
}

/** The provider signs somebody out: the request is judged by its signature, whichever browser brings it. */
function samlLogoutRoutes(app: FastifyInstance, context: ConsoleContext): void {
  const end = async (
    name: string,
    { raw }: FastifyRequest,
    request: Parameters<SamlSignIn['acceptLogout']>[0],
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const saml = findProvider(context.saml, name);
    const { id, until, nameId, sessionIndex, address } = await saml.acceptLogout(request);
    if (!context.logins.takeAssertion(saml.provider.entityId, id, until)) throw new ConsoleProblem('expired');
    for (const { principal } of context.logins.endOf(name, nameId, sessionIndex))
      await context.access(raw, { kind: 'sign-out', principal, session: 'console', status: 303 });
    return reply.redirect(address ?? '/console/signed-out', 303);
  };
  app.get<Named>('/saml/:name/slo', async (request, reply) => {
    const mark = request.url.indexOf('?');
    // The provider's answer to a sign-out that began here: there is nothing more to do.
    if (new URLSearchParams(request.url.slice(mark + 1)).has('SAMLResponse')) return reply.redirect('/console/signed-out', 303);
    return end(request.params.name, request, { query: mark < 0 ? '' : request.url.slice(mark + 1) }, reply);
  });
  app.post<Named>('/saml/:name/slo', async (request, reply) =>
    end(request.params.name, request, { message: readForm(request).get('SAMLRequest') ?? '' }, reply),
  );
}

function findProvider<Provider extends { readonly provider: { readonly name: string } }>(all: readonly Provider[], name: string): Provider {
  const found = all.find(({ provider }) => provider.name === name);
  if (found === undefined) throw new ConsoleProblem('notFound');
  return found;
}

async function begin(reply: FastifyReply, attempt: SignInAttempt, address: string, context: ConsoleContext): Promise<FastifyReply> {
  setCookie(reply, 'sign-in', await context.attempts.seal(attempt), context);
  return reply.redirect(address, 302);
}

type Memory = { readonly idToken?: string; readonly logoutHint?: string };

/** Begins a login with a cookie that was never sent before; recorded first. */
async function finish(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
  provider: string,
  context: ConsoleContext,
  { idToken, logoutHint }: Memory,
): Promise<FastifyReply> {
  await context.access(raw, { kind: 'sign-in', principal, session: 'console', status: 303 });
  context.credentials.remember(principal);
  const { id, cookie } = context.logins.begin(principal, provider, logoutHint);
  if (idToken !== undefined) context.idTokens.keep(id, idToken);
  setCookie(reply, 'login', cookie, context);
  return reply.redirect('/console', 303);
}
