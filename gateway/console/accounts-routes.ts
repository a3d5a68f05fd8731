import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GrantRefused } from '../upstream/per-user/oauth-server.ts';
import type { PersonalAccounts } from '../upstream/per-user/personal-accounts.ts';
import { type ConsoleContext, clearCookie, findLogin, readCookie, requireOwnForm, setCookie, toViewer } from './console-context.ts';
import { ConsoleProblem } from './console-problem.ts';
import type { Login } from './logins.ts';
import { accountsPage } from './pages/accounts-page.ts';
import { sendPage } from './send-page.ts';

type Named = { Params: { name: string } };
type Answer = (login: Login, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Where people authorise the gateway to work with their own account, and withdraw it. There only where a connection does so. */
export function accountsRoutes(app: FastifyInstance, context: ConsoleContext): void {
  if (context.accounts.length === 0) return;
  const asPerson = (answer: Answer) => async (request: FastifyRequest, reply: FastifyReply) => {
    const login = findLogin(request, reply, context);
    return login === undefined ? reply.redirect('/console/sign-in', 303) : answer(login, request, reply);
  };
  const named = (request: FastifyRequest): PersonalAccounts => {
    const { name } = request.params as Named['Params'];
    const found = context.accounts.find(({ connection }) => connection === name);
    if (found === undefined) throw new ConsoleProblem('notFound');
    return found;
  };
  app.get(
    '/accounts',
    asPerson(async (login, _request, reply) => {
      const accounts = context.accounts.map((each) => ({ connection: each.connection, grant: each.grantOf(login.principal) }));
      return sendPage(reply, accountsPage(accounts, toViewer(login)));
    }),
  );
  app.get<Named>(
    '/accounts/:name/authorise',
    asPerson(async (login, request, reply) => {
      const accounts = named(request);
      const { address, attempt } = await accounts.begin().catch((error: Error) => {
        throw new ConsoleProblem('unreachable', { provider: 'the OAuth server' }, error.message);
      });
      const { state, nonce, verifier } = attempt;
      const sealed = { kind: 'grant' as const, provider: accounts.connection, id: state, nonce, verifier, login: login.id };
      setCookie(reply, 'grant', await context.attempts.seal(sealed), context);
      return reply.redirect(address.toString(), 302);
    }),
  );
  app.get<Named>(
    '/accounts/:name/callback',
    asPerson(async (login, request, reply) => {
      const accounts = named(request);
      const attempt = await context.attempts.open(readCookie(request, 'grant', context), 'grant', accounts.connection);
      clearCookie(reply, 'grant', context);
      if (attempt === undefined || attempt.login !== login.id) throw new ConsoleProblem('grantExpired');
      const { search } = new URL(request.url, context.publicUrl);
      await finish(accounts, login, search, { state: attempt.id, nonce: attempt.nonce!, verifier: attempt.verifier! });
      return reply.redirect('/console/accounts', 303);
    }),
  );
  app.post<Named>(
    '/accounts/:name/withdraw',
    asPerson(async (login, request, reply) => {
      requireOwnForm(request, login, context);
      await named(request).withdraw(login.principal);
      return reply.redirect('/console/accounts', 303);
    }),
  );
}

async function finish(accounts: PersonalAccounts, { principal }: Login, query: string, attempt: Parameters<PersonalAccounts['finish']>[2]) {
  try {
    await accounts.finish(principal, query, attempt);
  } catch (error) {
    const { connection } = accounts;
    if (error instanceof GrantRefused) throw new ConsoleProblem('grantRefused', { connection, why: error.message });
    throw new ConsoleProblem('grantRefused', { connection, why: 'the answer of the OAuth server did not fit' }, (error as Error).message);
  }
}
