import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../exchange.ts';
import type { PersonalAccounts } from '../upstream/per-user/personal-accounts.ts';
import { type ConsoleContext, findLogin, requireOwnForm, toViewer } from './console-context.ts';
import { ConsoleProblem } from './console-problem.ts';
import { toCredentialFile } from './credential-file.ts';
import type { Login } from './logins.ts';
import { accountPage } from './pages/account-page.ts';
import { credentialsPage } from './pages/credentials-page.ts';
import { newCredentialPage } from './pages/new-credential-page.ts';
import { sessionsPage } from './pages/sessions-page.ts';
import { setup } from './pages/setup.ts';
import { sendPage } from './send-page.ts';

type Identified = { Params: { id: string } };
type Answer = (login: Login, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** What a person sees and does of their own. Who is not signed in is asked to. */
export function accountRoutes(app: FastifyInstance, context: ConsoleContext): void {
  const { credentials, publicUrl, recorded, people } = context;
  const asPerson = (answer: Answer) => async (request: FastifyRequest, reply: FastifyReply) => {
    const login = findLogin(request, reply, context);
    return login === undefined ? reply.redirect('/console/sign-in', 303) : answer(login, request, reply);
  };
  app.get(
    '/',
    asPerson(async (login, _request, reply) => sendPage(reply, await toAccountPage(login, context))),
  );
  app.get(
    '/sessions',
    asPerson(async (login, _request, reply) => sendPage(reply, sessionsPage(await recorded.of(login.principal), toViewer(login)))),
  );
  app.get(
    '/credentials',
    asPerson(async (login, _request, reply) => {
      const { maxDays, idleDays } = people.credentials;
      const view = { credentials: credentials.list(login.principal), maxDays, idleDays, project: context.project };
      return sendPage(reply, credentialsPage(view, toViewer(login)));
    }),
  );
  app.post(
    '/credentials',
    asPerson(async (login, request, reply) => {
      const id = issueCredential(requireOwnForm(request, login, context), login, context);
      await context.access(request.raw, { kind: 'credential-issue', principal: login.principal, session: 'console', status: 303 });
      return reply.redirect(`/console/credentials/${id}`, 303);
    }),
  );
  app.get<Identified>(
    '/credentials/:id',
    asPerson(async (login, request, reply) => {
      const { id } = request.params as Identified['Params'];
      const file = context.files.peek(fileKey(login, id));
      if (file === undefined) throw new ConsoleProblem('gone');
      return sendPage(reply, newCredentialPage(file.label, id, toViewer(login), setup(publicUrl, context.project)));
    }),
  );
  app.get<Identified>(
    '/credentials/:id/credentials.json',
    asPerson(async (login, request, reply) => {
      const file = context.files.take(fileKey(login, (request.params as Identified['Params']).id));
      if (file === undefined) throw new ConsoleProblem('gone');
      return reply.type('application/json').header('content-disposition', 'attachment; filename="credentials.json"').send(file.text);
    }),
  );
  app.post<Identified>(
    '/credentials/:id/revoke',
    asPerson(async (login, request, reply) => {
      requireOwnForm(request, login, context);
      const { id } = request.params as Identified['Params'];
      if (!credentials.revoke(login.principal, id, 'you revoked it here')) throw new ConsoleProblem('notFound');
      context.files.take(fileKey(login, id));
      await context.access(request.raw, { kind: 'credential-revoke', principal: login.principal, session: 'console', status: 303 });
      return reply.redirect('/console/credentials', 303);
    }),
  );
}

const fileKey = (login: Login, credentialId: string): string => `${login.id} ${credentialId}`;

async function toAccountPage(login: Login, context: ConsoleContext): Promise<string> {
  const { oidc, saml, credentials, recorded, publicUrl, project, accounts } = context;
  const { principal, provider, signedInAt, endsAt } = login;
  const isOidc = oidc.some((each) => each.provider.name === provider);
  const account = {
    principal,
    provider: [...oidc, ...saml].find((each) => each.provider.name === provider)?.title ?? provider,
    method: isOidc ? ('OpenID Connect' as const) : ('SAML 2.0' as const),
    signedInAt,
    endsAt,
    sessions: (await recorded.of(principal)).length,
    credentials: credentials.list(principal).filter(({ state }) => state === 'good').length,
    authorised:
      accounts.length === 0 ? undefined : { count: accounts.filter((each) => isGood(each, principal)).length, of: accounts.length },
  };
  return accountPage(account, toViewer(login), setup(publicUrl, project));
}

const isGood = (accounts: PersonalAccounts, principal: Principal): boolean => {
  const grant = accounts.grantOf(principal);
  return grant !== undefined && grant.endedAt === undefined;
};

/** Returns the id of the new credential, whose file then waits to be downloaded. Throws the problem. */
function issueCredential(form: URLSearchParams, login: Login, { credentials, files, publicUrl, people }: ConsoleContext): string {
  const label = (form.get('label') ?? '').trim();
  const session = (form.get('session') ?? '').trim();
  const project = (form.get('project') ?? '').trim();
  if (label === '' || label.length > 80)
    throw new ConsoleProblem('badForm', { why: 'Say in 1 to 80 characters what the credential is for' });
  if (session !== '' && !/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/.test(session))
    throw new ConsoleProblem('badForm', { why: 'A session name is letters, digits, ".", "_", "~" or "-", at most 128' });
  if (project !== '' && !/^[a-z][a-z0-9.:-]{3,98}[a-z0-9]$/.test(project))
    throw new ConsoleProblem('badForm', { why: 'That is no id of a Google Cloud project' });
  const issued = credentials.issue(login.principal, label, session === '' ? undefined : session);
  if (issued === undefined) throw new ConsoleProblem('tooMany', { count: String(people.credentials.perPerson) });
  files.keep(fileKey(login, issued.id), { label, text: toCredentialFile(issued, publicUrl, project === '' ? undefined : project) });
  return issued.id;
}
