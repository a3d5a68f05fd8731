import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessEvent } from '../exchange.ts';
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
  /** Which connection it is about stands in the address. */
  const record = (kind: AccessEvent['kind'], { principal }: Login, request: FastifyRequest, status: number, refusal?: string) =>
    context.access(request.raw, { kind, principal, session: 'console', status, ...(refusal === undefined ? {} : { refusal }) });
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
      if (attempt === undefined || attempt.login !== login.id) {
        const problem = new ConsoleProblem('grantExpired');
        await record('account-authorise', login, request, problem.status, problem.message);
        throw problem;
      }
      const { search } = new URL(request.url, context.publicUrl);
      const asked = { state: attempt.id, nonce: attempt.nonce!, verifier: attempt.verifier! };
      await finish(accounts, login, search, asked, (status, refusal) => record('account-authorise', login, request, status, refusal));
      return reply.redirect('/console/accounts', 303);
    }),
  );
  app.post<Named>(
    '/accounts/:name/withdraw',
    asPerson(async (login, request, reply) => {
      requireOwnForm(request, login, context);
      await named(request).withdraw(login.principal);
      await record('account-withdraw', login, request, 303);
      return reply.redirect('/console/accounts', 303);
    }),
  );
}

/** What came of it is recorded, and before it is kept. */
async function finish(
  accounts: PersonalAccounts,
  { principal }: Login,
  query: string,
  attempt: Parameters<PersonalAccounts['finish']>[2],
  record: (status: number, refusal?: string) => Promise<void>,
): Promise<void> {
  const { connection } = accounts;
  let isRefused = true;
  try {
    await accounts.finish(principal, query, attempt, async () => {
      isRefused = false;
      await record(303);
    });
  } catch (error) {
    if (!isRefused) throw error;
    const isSaid = error instanceof GrantRefused;
    const why = isSaid ? error.message : 'the answer of the OAuth server did not fit';
    const problem = new ConsoleProblem('grantRefused', { connection, why }, ...(isSaid ? [] : [(error as Error).message]));
    await record(problem.status, why);
    throw problem;
  }
}
