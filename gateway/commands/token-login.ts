// A person's login at their identity provider, kept on their own machine: `steno login` makes it, `steno token --login` uses it.
import { hash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';

export type LoginOptions = { readonly issuer: string; readonly clientId: string; readonly scope: string; readonly device?: true };

type StoredLogin = {
  readonly issuer: string;
  readonly clientId: string;
  readonly refreshToken: string;
  readonly idToken: string;
};

/** A token that ends sooner is exchanged first. */
const spareMs = 5 * 60_000;
const lockPatienceMs = 20_000;
const staleLockMs = 60_000;

const folder = (): string => join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'steno', 'logins');
const fileOf = ({ issuer, clientId }: Pick<StoredLogin, 'issuer' | 'clientId'>): string =>
  join(folder(), `${hash('sha256', JSON.stringify([issuer, clientId]), 'hex').slice(0, 32)}.json`);

/** Signs in with the browser (authorization code, PKCE, loopback redirect: RFC 8252), or with a code on another device (RFC 8628). */
export async function logIn(options: LoginOptions): Promise<void> {
  const config = await discover(options.issuer, options.clientId);
  const tokens = await (options.device ? signInByDevice(config, options) : signInByBrowser(config, options));
  const { id_token: idToken, refresh_token: refreshToken } = tokens;
  if (idToken === undefined) throw new Error(`${options.issuer} gave no ID token: --scope must contain openid`);
  if (refreshToken === undefined)
    throw new Error(`${options.issuer} gave no refresh token: allow this client offline_access, and ask for it in --scope`);
  await store({ issuer: options.issuer, clientId: options.clientId, refreshToken, idToken });
  console.error(
    `Signed in as ${String(tokens.claims()?.['email'] ?? tokens.claims()?.sub)}. "steno token --login" gives the token from now on.`,
  );
}

/** Forgets a login, here and at the provider. */
export async function logOut(issuer: string | undefined): Promise<void> {
  const login = await findLogin(issuer);
  const config = await discover(login.issuer, login.clientId).catch(() => undefined);
  if (config?.serverMetadata().revocation_endpoint !== undefined)
    await client.tokenRevocation(config, login.refreshToken).catch(() => undefined);
  await rm(fileOf(login), { force: true });
  console.error(`Signed out of ${login.issuer}.`);
}

/** The ID token of a stored login, fresh. Refresh tokens may be good once: one process at a time exchanges them. */
export async function storedIdToken(issuer: string | undefined): Promise<string> {
  const found = await findLogin(issuer);
  if (isFresh(found.idToken)) return found.idToken;
  return withLock(`${fileOf(found)}.lock`, async () => {
    const login = await readLogin(fileOf(found));
    if (isFresh(login.idToken)) return login.idToken;
    const config = await discover(login.issuer, login.clientId);
    const tokens = await client.refreshTokenGrant(config, login.refreshToken).catch((error: Error) => {
      throw new Error(`The login at ${login.issuer} is over (${error.message}): run "steno login" again`);
    });
    if (tokens.id_token === undefined) throw new Error(`${login.issuer} gives no ID token for a refresh token: use another source`);
    await store({ ...login, idToken: tokens.id_token, refreshToken: tokens.refresh_token ?? login.refreshToken });
    return tokens.id_token;
  });
}

function discover(issuer: string, clientId: string): Promise<client.Configuration> {
  const isLoopback = /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|\/|$)/.test(issuer);
  return client
    .discovery(new URL(issuer), clientId, undefined, client.None(), isLoopback ? { execute: [client.allowInsecureRequests] } : {})
    .catch((error: Error) => {
      throw new Error(`${issuer} cannot be used as an identity provider (${error.message}): check --issuer`);
    });
}

async function signInByBrowser(config: client.Configuration, { scope }: LoginOptions) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    // Providers differ in what makes them hand out a refresh token; they ignore what they do not know.
    prompt: 'consent',
    access_type: 'offline',
  });
  console.error(`Open this address in a browser on this machine:\n\n  ${address}\n`);
  try {
    const answered = await new Promise<URL>((resolve) => {
      server.on('request', (request, response) => {
        const url = new URL(request.url ?? '/', redirectUri);
        if (url.pathname !== '/callback') return response.writeHead(404).end();
        response.setHeader('content-type', 'text/plain').end('You are signed in. Close this window and go back to the terminal.');
        return resolve(url);
      });
    });
    return await client.authorizationCodeGrant(config, answered, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
  } finally {
    server.close().closeAllConnections();
  }
}

async function signInByDevice(config: client.Configuration, { scope }: LoginOptions) {
  const begun = await client.initiateDeviceAuthorization(config, { scope, prompt: 'consent' });
  console.error(`Open ${begun.verification_uri} on any device and enter the code ${begun.user_code}\n`);
  return client.pollDeviceAuthorizationGrant(config, begun).catch((error: Error & { readonly error?: string }) => {
    throw new Error(devicePoll[error.error ?? ''] ?? `The sign-in failed (${error.message}): run "steno login --device" again`);
  });
}

/** RFC 8628 §3.5. */
const devicePoll: Readonly<Record<string, string>> = {
  access_denied: 'The sign-in was declined on the other device: run "steno login --device" again to have another code',
  expired_token: 'The code was not entered in time: run "steno login --device" again to have another',
};

async function findLogin(issuer: string | undefined): Promise<StoredLogin> {
  const names = (await readdir(folder()).catch(() => [])).filter((each) => each.endsWith('.json'));
  const all = await Promise.all(names.map((each) => readLogin(join(folder(), each))));
  const fitting = issuer === undefined ? all : all.filter((each) => each.issuer === issuer);
  if (fitting.length === 1) return fitting[0]!;
  throw new Error(
    fitting.length === 0
      ? 'Nobody is signed in here: run "steno login --issuer … --client-id …" first'
      : `Several logins are stored: name one, --login ${all.map((each) => each.issuer).join(' or --login ')}`,
  );
}

const readLogin = async (path: string): Promise<StoredLogin> => JSON.parse(await readFile(path, 'utf8')) as StoredLogin;

async function store(login: StoredLogin): Promise<void> {
  const path = fileOf(login);
  await mkdir(folder(), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.${process.pid}`, JSON.stringify(login), { mode: 0o600 });
  await rename(`${path}.${process.pid}`, path);
}

function isFresh(idToken: string): boolean {
  const { exp } = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8')) as { exp: number };
  return exp * 1000 - Date.now() > spareMs;
}

/** A process that died leaves its lock behind; after a minute it counts no more. */
async function withLock<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  const giveUpAt = Date.now() + lockPatienceMs;
  for (;;) {
    const taken = await open(path, 'wx', 0o600).catch(() => undefined);
    if (taken !== undefined) {
      await taken.close();
      return work().finally(() => rm(path, { force: true }));
    }
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > staleLockMs) await rm(path, { force: true });
    else if (Date.now() > giveUpAt) throw new Error(`Another process holds ${path}: if none does, remove that file`);
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
