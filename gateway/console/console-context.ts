import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PeopleConfig } from '../config-people.ts';
import type { RecordAccess } from '../exchange.ts';
import type { RefreshCredentials } from '../identity/refresh-credentials.ts';
import type { PersonalAccounts } from '../upstream/per-user/personal-accounts.ts';
import { ConsoleProblem } from './console-problem.ts';
import { isOwnForm, type Login, type Logins } from './logins.ts';
import type { OidcSignIn } from './oidc-provider.ts';
import type { Frame } from './pages/layout.ts';
import type { RecordedSessions } from './recorded-sessions.ts';
import type { SamlPerson, SamlSignIn } from './saml-provider.ts';
import type { ShortMemory } from './short-memory.ts';
import { attemptSeconds, type SignInAttempts } from './sign-in-attempt.ts';

/** What the console's routes share. */
export type ConsoleContext = {
  readonly people: PeopleConfig;
  /** As browsers see it, without a slash at the end. */
  readonly publicUrl: string;
  /** The project that new credentials name unless told; undefined when the gateway serves any. */
  readonly project: string | undefined;
  readonly credentials: RefreshCredentials;
  readonly access: RecordAccess;
  readonly logins: Logins;
  readonly attempts: SignInAttempts;
  readonly oidc: readonly OidcSignIn[];
  readonly saml: readonly SamlSignIn[];
  readonly recorded: RecordedSessions;
  /** Of connections that work with each person's own account. */
  readonly accounts: readonly PersonalAccounts[];
  /** Between the POST from a SAML provider, which brings no cookie of ours (SameSite), and the GET that does. */
  readonly handoffs: ShortMemory<SamlPerson>;
  /** For the provider's own sign-out, by login; in memory only, since an ID token may be good elsewhere. */
  readonly idTokens: ShortMemory<string>;
  /** Credential files that were made and not downloaded yet, by login and credential. */
  readonly files: ShortMemory<{ readonly label: string; readonly text: string }>;
};

/** `__Host-` binds a cookie to this host and to TLS; loopback without TLS has to do without. */
const isSecure = (publicUrl: string): boolean => publicUrl.startsWith('https:');
const cookieName = (name: string, publicUrl: string): string => (isSecure(publicUrl) ? `__Host-steno-${name}` : `steno-${name}`);
const cookieOptions = (publicUrl: string) => ({
  path: isSecure(publicUrl) ? '/' : '/console',
  httpOnly: true,
  secure: isSecure(publicUrl),
  sameSite: 'lax' as const,
});

export type CookieKind = 'login' | 'sign-in' | 'grant';

export const readCookie = (request: FastifyRequest, kind: CookieKind, { publicUrl }: ConsoleContext): string | undefined =>
  request.cookies[cookieName(kind, publicUrl)];

export const setCookie = (reply: FastifyReply, kind: CookieKind, value: string, { publicUrl }: ConsoleContext): FastifyReply =>
  reply.setCookie(cookieName(kind, publicUrl), value, {
    ...cookieOptions(publicUrl),
    ...(kind === 'login' ? {} : { maxAge: attemptSeconds }),
  });

export const clearCookie = (reply: FastifyReply, kind: CookieKind, { publicUrl }: ConsoleContext): FastifyReply =>
  reply.clearCookie(cookieName(kind, publicUrl), cookieOptions(publicUrl));

/** Who is signed in; the cookie is changed when it is time. */
export function findLogin(request: FastifyRequest, reply: FastifyReply, context: ConsoleContext): Login | undefined {
  const found = context.logins.find(readCookie(request, 'login', context));
  if (found?.nextCookie !== undefined) setCookie(reply, 'login', found.nextCookie, context);
  return found?.login;
}

export const toViewer = ({ principal, csrf }: Login): NonNullable<Frame['viewer']> => ({
  name: principal.name ?? principal.email ?? principal.subject,
  csrf,
});

export const readForm = ({ body }: FastifyRequest): URLSearchParams => (body instanceof URLSearchParams ? body : new URLSearchParams());

/** A form must come from a page of ours that this login was shown. Throws the problem. */
export function requireOwnForm(request: FastifyRequest, login: Login, { publicUrl }: ConsoleContext): URLSearchParams {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isForeign = (origin !== undefined && origin !== new URL(publicUrl).origin) || (site !== undefined && site !== 'same-origin');
  const form = readForm(request);
  if (isForeign || !isOwnForm(login, form.get('csrf'))) throw new ConsoleProblem('stale');
  return form;
}
