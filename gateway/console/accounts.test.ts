// People authorise their own account at the OAuth server (a real oidc-provider in Google's place), and the gateway works with it.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Principal } from '../exchange.ts';
import { Browser, type Page } from '../testing/browser.ts';
import { peopleForFile } from '../testing/people-for-file.ts';
import type { PeopleGateway } from '../testing/start-people.ts';
import { answerLikeBigQuery, sendJson } from '../testing/upstream-double.ts';
import { UserGrants } from '../upstream/per-user/user-grants.ts';

let people: PeopleGateway;
let browser: Browser;
let subject: string;
let count = 0;

peopleForFile(
  (started) => {
    people = started;
  },
  { perUser: true },
);
/** Each test is another person, who has a Google account of another name. */
beforeEach(() => {
  browser = new Browser();
  subject = `ada-${++count}`;
  people.oidc.person = { subject, claims: { email: `${subject}@example.com`, name: 'Ada Lovelace', groups: ['analysts'] } };
  people.google!.person = { subject: `g-${subject}`, claims: { email: `${subject}@gmail.test` } };
  people.gateway.upstream.seen.length = 0;
  people.gateway.upstream.answer = answerLikeBigQuery;
  people.gateway.recorder.exchanges.length = 0;
});
afterEach(() => void vi.useRealTimers());

const at = (path: string): string => `${people.url}/console${path}`;
const signIn = (): Promise<Page> => browser.get(at('/oidc/corp/start'));
const authorise = (): Promise<Page> => browser.get(at('/accounts/main/authorise'));
const principalOf = (name: string): Principal => ({
  kind: 'person',
  issuer: people.oidc.issuer,
  subject: name,
  groups: ['analysts'],
  actChain: [],
});
const queryAs = async (name: string) =>
  people.gateway.send('POST', '/bigquery/v2/projects/acme/queries', {
    token: await people.gateway.stages.tokens.issue(principalOf(name)),
    body: { query: 'SELECT x FROM `acme.sales.orders`', useLegacySql: false },
  });
/** Access tokens that reached BigQuery, in turn. */
const tokensSent = (): string[] => people.gateway.upstream.seen.map(({ headers }) => String(headers.authorization));
const filesOfGateway = (): string =>
  ['user-grants.sqlite', 'user-grants.sqlite-wal', 'console.sqlite', 'credentials.sqlite']
    .map((name) => join(people.gateway.config.dataDirectory, name))
    .map((path) => (statSync(path, { throwIfNoEntry: false }) === undefined ? '' : readFileSync(path, 'latin1')))
    .join();
const later = (minutes: number): void => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });

test('who has not authorised is told where to, after one request, and nothing goes to BigQuery', async () => {
  const answer = await queryAs(subject);
  expect(answer).toMatchObject({ status: 403, json: { error: { errors: [{ reason: 'accessDenied' }] } } });
  expect(answer.json.error.message).toContain(`Open ${people.url}/console/accounts, sign in, choose Authorise`);
  expect(people.gateway.upstream.seen).toEqual([]);
  expect(people.gateway.recorder.exchanges.at(-1)!.end).toMatchObject({ outcome: 'refused', reason: 'CONNECTION_NOT_AUTHORISED' });
});

test('code, PKCE, state and nonce go out; from then on BigQuery sees the person’s own token', async () => {
  await signIn();
  const page = await authorise();
  expect(page).toMatchObject({ status: 200, url: at('/accounts') });
  expect(page.text).toContain(`${subject}@gmail.test`);
  const asked = new URL(browser.visited.find((each) => each.startsWith(`${people.google!.issuer}/auth`))!);
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^.{20,}$/),
    nonce: expect.stringMatching(/^.{20,}$/),
    access_type: 'offline',
  });
  expect((await queryAs(subject)).status).toBe(200);
  const [token] = tokensSent();
  expect(token).toMatch(/^Bearer .{20,}$/);
  const told = await fetch(`${people.google!.issuer}/me`, { headers: { authorization: token! } });
  expect(await told.json()).toMatchObject({ sub: `g-${subject}` });
  expect((await browser.get(at(''))).text).toContain('<strong>1 of 1</strong> Google accounts authorised');
});

const recorded = () =>
  people.gateway.recorder.exchanges
    .filter(({ intent }) => intent.methodId?.startsWith('steno.account-'))
    .map(({ intent, status }) => ({
      what: intent.methodId,
      who: intent.principal.subject,
      session: people.gateway.recorder.sessions.get(intent.sessionId)?.name,
      target: intent.request.target,
      effect: intent.decision.effect,
      status,
    }));
const csrfOf = (page: Page): string => /name="csrf" value="([^"]+)"/.exec(page.text)![1]!;

test('authorising and withdrawing stand in the person’s session, and no code', async () => {
  await signIn();
  const page = await authorise();
  await browser.post(at('/accounts/main/withdraw'), { csrf: csrfOf(page) });
  const about = { who: subject, session: 'console', effect: 'allow', status: 303 };
  expect(recorded()).toEqual([
    { ...about, what: 'steno.account-authorise', target: '/console/accounts/main/callback' },
    { ...about, what: 'steno.account-withdraw', target: '/console/accounts/main/withdraw' },
  ]);
  expect(JSON.stringify(people.gateway.recorder.exchanges)).not.toMatch(/code=|state=/);
});

test('an authorisation that comes to nothing is recorded with the reason', async () => {
  await signIn();
  await browser.get(at('/accounts/main/callback?code=stolen&state=s'));
  expect(recorded()).toMatchObject([{ what: 'steno.account-authorise', who: subject, effect: 'deny', status: 400 }]);
  expect(people.gateway.recorder.exchanges.at(-1)?.intent.decision.reason).toMatch(/ten minutes/);
  expect(JSON.stringify(people.gateway.recorder.exchanges)).not.toContain('stolen');
});

test('what cannot be recorded is not kept', async () => {
  await signIn();
  people.gateway.recorder.down = Object.assign(new Error('the disk is full'), { name: 'RecorderDown' });
  try {
    expect((await authorise()).status).toBeGreaterThanOrEqual(500);
  } finally {
    people.gateway.recorder.down = undefined;
  }
  expect((await queryAs(subject)).json.error.message).toContain('choose Authorise');
});

test('the refresh token is nowhere in clear, its key is the gateway’s user’s alone, and no token is recorded', async () => {
  const secrets: string[] = [];
  const original = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (...args) => {
    const answer = await original(...args);
    if (String(args[0]).endsWith('/token')) {
      const { access_token, refresh_token } = (await answer.clone().json()) as Record<string, string>;
      secrets.push(access_token!, refresh_token!);
    }
    return answer;
  });
  await signIn();
  await authorise();
  vi.mocked(globalThis.fetch).mockRestore();
  expect((await queryAs(subject)).status).toBe(200);
  expect(secrets.filter((each) => each !== undefined).length).toBeGreaterThanOrEqual(3);
  const recorded = JSON.stringify(people.gateway.recorder.exchanges);
  for (const secret of secrets) {
    expect(filesOfGateway()).not.toContain(secret);
    expect(recorded).not.toContain(secret);
  }
  expect(recorded).not.toContain(tokensSent()[0]!.slice(7));
  const { dataDirectory } = people.gateway.config;
  expect(statSync(join(dataDirectory, 'keys/user-grants.key'))).toMatchObject({ size: 32 });
  expect(statSync(join(dataDirectory, 'keys/user-grants.key')).mode & 0o777).toBe(0o600);
});

test('access is renewed ahead of its end without anybody waiting, and every refresh token once', async () => {
  await signIn();
  await authorise();
  await queryAs(subject);
  const first = tokensSent().at(-1);
  for (const _ of [1, 2]) {
    later(56);
    const before = tokensSent().at(-1);
    await queryAs(subject);
    expect(tokensSent().at(-1)).toBe(before);
    await vi.waitFor(async () => {
      await queryAs(subject);
      expect(tokensSent().at(-1)).not.toBe(before);
    });
  }
  expect(new Set(tokensSent()).size).toBe(3);
  expect(first).not.toBe(tokensSent().at(-1));
});

test('an authorisation is its person’s alone, even for who can write the gateway’s database', async () => {
  await signIn();
  await authorise();
  expect((await queryAs('mallory')).status).toBe(403);
  const database = new DatabaseSync(join(people.gateway.config.dataDirectory, 'user-grants.sqlite'));
  database.prepare('UPDATE user_grant SET subject = ? WHERE subject = ?').run('mallory', subject);
  database.close();
  const answer = await queryAs('mallory');
  expect(answer).toMatchObject({ status: 403, json: { error: { message: expect.stringContaining('cannot be read any more') } } });
  expect(people.gateway.upstream.seen).toEqual([]);
});

test('withdrawn at Google: BigQuery refuses once, then the client is told what to do, and the console shows it', async () => {
  await signIn();
  await authorise();
  await queryAs(subject);
  people.gateway.upstream.answer = (_request, response) =>
    sendJson(response, 401, { error: { code: 401, message: 'Invalid Credentials' } });
  const { refresh_token } = stolenGrant();
  await people.google!.revoke(refresh_token);
  expect((await queryAs(subject)).status).toBe(401);
  const told = await queryAs(subject);
  expect(told).toMatchObject({ status: 403, json: { error: { errors: [{ reason: 'accessDenied' }] } } });
  expect(told.json.error.message).toMatch(/has ended \(it was withdrawn, or has expired\)\. Open http/);
  expect((await browser.get(at('/accounts'))).text).toContain('it was withdrawn, or has expired');
  await authorise();
  people.gateway.upstream.answer = answerLikeBigQuery;
  expect((await queryAs(subject)).status).toBe(200);
});

test('withdrawn in the console: the very next request is refused, and the server has revoked it too', async () => {
  await signIn();
  const page = await authorise();
  await queryAs(subject);
  const token = tokensSent()[0]!;
  expect((await browser.submit(page, '/accounts/main/withdraw')).text).toContain('you withdrew it in the console');
  expect(await queryAs(subject)).toMatchObject({ status: 403, json: { error: { message: expect.stringContaining('you withdrew it') } } });
  expect((await fetch(`${people.google!.issuer}/me`, { headers: { authorization: token } })).status).toBe(401);
});

test('of an erased subject nothing is left', async () => {
  await signIn();
  await authorise();
  await queryAs(subject);
  for (const each of people.gateway.stages.accounts) await each.forget({ issuer: people.oidc.issuer, subject });
  expect(filesOfGateway().replaceAll(/console\.sqlite/g, '')).not.toContain(`${subject}@gmail.test`);
  expect((await queryAs(subject)).json.error.message).toContain('which you have not authorised yet');
});

test('an authorisation ends in the login in which it began', async () => {
  await signIn();
  const start = await fetch(at('/accounts/main/authorise'), { redirect: 'manual', headers: { cookie: cookies() } });
  const google = new Browser();
  await google.get(start.headers.get('location')!);
  const callback = google.visited.find((each) => each.includes('/console/accounts/main/callback'))!;
  expect(heading(await browser.get(callback))).toBe('This authorisation is over');
  expect((await queryAs(subject)).status).toBe(403);
});

test('who declines is told so, and nothing is kept', async () => {
  await signIn();
  people.google!.person = undefined;
  const page = await authorise();
  expect(page).toMatchObject({ status: 400 });
  expect(page.text).toContain('it was not given');
  expect((await queryAs(subject)).status).toBe(403);
});

test('while the OAuth server is away, the old token serves to its end; then it is 503, and nothing has ended', async () => {
  await signIn();
  await authorise();
  await queryAs(subject);
  later(57);
  const real = globalThis.fetch;
  const down = vi.spyOn(globalThis, 'fetch').mockImplementation(passUnlessToken(real));
  expect((await queryAs(subject)).status).toBe(200);
  later(5);
  expect(await queryAs(subject)).toMatchObject({
    status: 503,
    json: { error: { message: expect.stringContaining('could not be asked') } },
  });
  down.mockRestore();
  expect((await queryAs(subject)).status).toBe(200);
});

const heading = ({ text }: Page): string | undefined => /<h1>(.*?)<\/h1>/s.exec(text)?.[1];
const cookies = (): string => [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[1]}=${value}`).join('; ');

function passUnlessToken(real: typeof fetch): typeof fetch {
  return (async (...args: Parameters<typeof fetch>) => {
    if (String(args[0]).startsWith(`${people.google!.issuer}/token`))
      throw Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' });
    return real(...args);
  }) as typeof fetch;
}

/** The refresh token as the gateway holds it: read through its own key, as only it can. */
function stolenGrant(): { refresh_token: string } {
  const grants = new UserGrants(people.gateway.config.dataDirectory);
  const refresh_token = grants.refreshTokenOf({ connection: 'main', issuer: people.oidc.issuer, subject })!;
  grants.close();
  return { refresh_token };
}
