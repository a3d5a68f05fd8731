import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { Browser, type Page } from '../testing/browser.ts';
import { peopleForFile } from '../testing/people-for-file.ts';
import { type PeopleGateway, startPeople } from '../testing/start-people.ts';
import { startTestGateway } from '../testing/start-test-gateway.ts';
import { sendJson } from '../testing/upstream-double.ts';

let people: PeopleGateway;
let browser: Browser;
const ada = { subject: 'ada', claims: { email: 'ada@example.com', name: 'Ada Lovelace', groups: ['analysts'] } };

peopleForFile((started) => {
  people = started;
});
beforeEach(() => {
  browser = new Browser();
  people.oidc.person = ada;
});

const at = (path: string): string => `${people.url}/console${path}`;
const signIn = (who = browser): Promise<Page> => who.get(at('/oidc/corp/start'));
const heading = ({ text }: Page): string | undefined => /<h1>(.*?)<\/h1>/s.exec(text)?.[1];

describe('signing in with OIDC (a real oidc-provider)', () => {
  test('who is not signed in is shown the ways to', async () => {
    const page = await browser.get(at(''));
    expect(page).toMatchObject({ status: 200, url: at('/sign-in') });
    expect(page.text).toContain('href="/console/oidc/corp/start">Continue with Corp');
    expect(page.text).toContain('href="/console/saml/acme/start">Continue with Acme');
  });

  test('code, PKCE, state and nonce go out; who it is comes back', async () => {
    const page = await signIn();
    expect(page).toMatchObject({ status: 200, url: at('') });
    expect(heading(page)).toBe('Ada Lovelace');
    for (const each of ['ada@example.com', '<code>ada</code>', people.oidc.issuer, '<li>analysts</li>', 'with Corp, by OpenID Connect'])
      expect(page.text).toContain(each);
    const asked = new URL(browser.visited[0]!);
    expect(asked.origin).toBe(people.oidc.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^.{20,}$/),
      nonce: expect.stringMatching(/^.{20,}$/),
    });
  });

  test('the cookie says nothing, no script reads it, no other site sends it, and it is another after signing in', async () => {
    await signIn();
    const first = browser.cookie('steno-login')!;
    expect(first.value).toMatch(/^[\w-]{43}$/);
    expect(first.attributes).toMatch(/HttpOnly/i);
    expect(first.attributes).toMatch(/SameSite=Lax/i);
    expect(first.attributes).toMatch(/Path=\/console/i);
    expect(browser.cookie('steno-sign-in')).toBeUndefined();
    await signIn();
    expect(browser.cookie('steno-login')!.value).not.toBe(first.value);
  });

  test('a person who presses cancel is told so', async () => {
    people.oidc.person = undefined;
    const page = await signIn();
    expect(page.status).toBe(400);
    expect(heading(page)).toBe('You did not sign in');
    expect(page.text).toContain('pressed cancel');
  });

  test('the answer is worth nothing in another browser, nor a second time', async () => {
    await signIn();
    const callback = browser.visited.find((each) => each.includes('/callback?'))!;
    for (const who of [new Browser(), browser]) {
      const page = await who.get(callback);
      expect(page.status).toBe(400);
      expect(heading(page)).toBe('This sign-in is over');
    }
  });

  test.each([
    ['state', (url: URL) => url.searchParams.set('state', 'another')],
    ['code', (url: URL) => url.searchParams.set('code', 'another')],
    ['iss', (url: URL) => url.searchParams.set('iss', 'https://attacker.example')],
  ])('another %s is refused', async (_, bend) => {
    const response = await fetch(at('/oidc/corp/start'), { redirect: 'manual' });
    const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!;
    const visitor = new Browser();
    const state = new URL(response.headers.get('location')!).searchParams.get('state')!;
    await visitor.get(at('/oidc/corp/start'));
    const callback = new URL(visitor.visited.find((each) => each.includes('/callback?'))!);
    callback.searchParams.set('state', state);
    bend(callback);
    const page = await fetch(callback, { headers: { cookie }, redirect: 'manual' });
    expect(page.status).toBe(403);
    expect(await page.text()).toContain('You could not be signed in');
  });

  test('a provider that is down is named, with what still works', async () => {
    const down = await startPeople();
    await down.oidc.close();
    const page = await new Browser().get(`${down.url}/console/oidc/corp/start`);
    expect(page.status).toBe(503);
    expect(heading(page)).toBe('The identity provider cannot be reached');
    await down.close();
  });
});

describe('every page', () => {
  test('forbids scripts, frames, other sites and caches', async () => {
    await signIn();
    for (const path of ['', '/sessions', '/credentials', '/sign-in', '/nowhere', '/oidc/nobody/start']) {
      const { headers, text } = await browser.get(at(path));
      const policy = headers.get('content-security-policy')!;
      expect(policy).toMatch(/^default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' /);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(text).not.toMatch(/<script|style=|onload=|javascript:/i);
      expect(text).toMatch(/<html lang="en">/);
    }
  });

  test('shows names as text, whatever they hold', async () => {
    people.oidc.person = {
      subject: 'eve',
      claims: { name: '<img src=x onerror=alert(1)>', groups: ['"><script>', 'a\u202eb'], email: "e'v@x" },
    };
    const { text } = await signIn();
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).toContain('&quot;&gt;&lt;script&gt;');
    expect(text).toContain('a⟨U+202E⟩b');
    expect(text).not.toContain('<img src=x');
  });

  test('what does not exist is said so, also in words of other methods', async () => {
    for (const page of [await browser.get(at('/nowhere')), await browser.post(at('/sessions'), {})]) {
      expect(page.status).toBe(404);
      expect(heading(page)).toBe('There is no such page');
    }
  });
});

describe('credentials', () => {
  async function make(fields: Record<string, string> = {}): Promise<{ page: Page; file: Record<string, string>; id: string }> {
    await signIn();
    const page = await browser.submit(await browser.get(at('/credentials')), '/console/credentials', { label: 'laptop', ...fields });
    const id = page.url.split('/').at(-1)!;
    const download = await browser.get(`${page.url}/credentials.json`);
    expect(download.headers.get('content-disposition')).toBe('attachment; filename="credentials.json"');
    return { page, id, file: JSON.parse(download.text) };
  }
  const refresh = (file: Record<string, string>) =>
    fetch(file['token_url']!, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${file['client_id']}:${file['client_secret']}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: file['refresh_token']! }),
    });

  test('a file is made, handed out once, and is what Google’s libraries read', async () => {
    const { page, file } = await make({ session: 'ticket-7', project: 'acme-prod' });
    expect(heading(page)).toBe('“laptop” is ready');
    expect(page.text).not.toContain(file['refresh_token']!);
    expect(file).toMatchObject({
      type: 'external_account_authorized_user',
      token_url: `${people.url}/v1/oauthtoken`,
      token_info_url: `${people.url}/v1/introspect`,
      quota_project_id: 'acme-prod',
    });
    const again = await browser.get(`${page.url}/credentials.json`);
    expect(again.status).toBe(410);
    expect((await browser.get(at('/credentials'))).text).toContain('session ticket-7');
  });

  test('the real client works with it, unchanged, under the person’s name and session', async () => {
    const { file, id } = await make({ session: 'ticket-8', project: 'acme-prod' });
    const path = join(people.gateway.directory, 'credentials.json');
    writeFileSync(path, JSON.stringify(file));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, '../testing/bigquery-client.ts'), '@google-cloud/bigquery', 'query'],
      {
        env: { ...process.env, BIGQUERY_EMULATOR_HOST: people.url, GOOGLE_APPLICATION_CREDENTIALS: path, GOOGLE_CLOUD_PROJECT: 'acme' },
      },
    );
    expect(JSON.parse(stdout)).toEqual({ value: [{ x: 1 }] });
    const { intent } = people.gateway.recorder.exchanges.at(-1)!;
    expect(intent.principal).toMatchObject({ kind: 'person', issuer: people.oidc.issuer, subject: 'ada', groups: ['analysts'] });
    expect(people.gateway.recorder.sessions.get(intent.sessionId)).toMatchObject({ name: 'ticket-8' });
    expect(
      people.gateway.stages.credentials!.list({ issuer: people.oidc.issuer, subject: 'ada' }).find((each) => each.id === id),
    ).toMatchObject({
      lastUsedAt: expect.any(Number),
    });
  });

  test.skipIf(!existsSync('/usr/bin/bq'))(
    'bq works with it too, which puts its own client in place of the file’s',
    { timeout: 90_000 },
    async () => {
      const { file } = await make({ session: 'ticket-9', project: 'acme-prod' });
      const path = join(people.gateway.directory, 'bq-credentials.json');
      writeFileSync(path, JSON.stringify(file));
      const { answer } = people.gateway.upstream;
      people.gateway.upstream.answer = (_request, response) => sendJson(response, 200, { kind: 'bigquery#datasetList', datasets: [] });
      await promisify(execFile)('/usr/bin/bq', ['--project_id=acme', 'ls', '--format=json'], {
        env: {
          PATH: process.env['PATH'],
          HOME: people.gateway.directory,
          CLOUDSDK_CONFIG: people.gateway.directory,
          CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: path,
          CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY: `${people.url}/`,
          CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
        },
      });
      people.gateway.upstream.answer = answer;
      const { intent } = people.gateway.recorder.exchanges.at(-1)!;
      expect(intent).toMatchObject({ methodId: 'bigquery.datasets.list', principal: { kind: 'person', subject: 'ada' } });
      expect(people.gateway.recorder.sessions.get(intent.sessionId)).toMatchObject({ name: 'ticket-9' });
    },
  );

  test('revoked, it is worth nothing at once: no new token, and those handed out end', async () => {
    const { file, id } = await make();
    const token = String(((await (await refresh(file)).json()) as Record<string, unknown>)['access_token']);
    const ask = () => people.gateway.send('GET', '/bigquery/v2/projects/acme/datasets', { token });
    expect((await ask()).status).toBe(200);
    const list = await browser.get(at('/credentials'));
    const after = await browser.submit(list, `/credentials/${id}/revoke`);
    expect(after.text).toContain('you revoked it here');
    expect((await ask()).status).toBe(401);
    const refused = await refresh(file);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: 'invalid_grant', error_description: expect.stringContaining('revoked') });
  });

  test('another person sees, takes and revokes none of it', async () => {
    const { id, file } = await make();
    people.oidc.person = { subject: 'mallory', claims: {} };
    const other = new Browser();
    await signIn(other);
    expect((await other.get(at('/credentials'))).text).not.toContain(id);
    const csrf = /name="csrf" value="([^"]+)"/.exec((await other.get(at(''))).text)![1]!;
    expect((await other.post(at(`/credentials/${id}/revoke`), { csrf })).status).toBe(404);
    expect((await other.get(at(`/credentials/${id}/credentials.json`))).status).toBe(410);
    expect((await refresh(file)).status).toBe(200);
  });

  test.each<[string, Record<string, string>, string]>([
    ['no label', { label: ' ' }, 'what the credential is for'],
    ['a label too long', { label: 'x'.repeat(81) }, 'what the credential is for'],
    ['an odd session name', { session: '../x' }, 'A session name is'],
    ['an odd project', { project: 'Not A Project' }, 'no id of a Google Cloud project'],
  ])('%s: said with the remedy', async (_, fields, why) => {
    await signIn();
    const page = await browser.submit(await browser.get(at('/credentials')), '/console/credentials', { label: 'laptop', ...fields });
    expect(page.status).toBe(400);
    expect(page.text).toContain(why);
  });
});

describe('forms', () => {
  const csrfOf = (page: Page): string => /name="csrf" value="([^"]+)"/.exec(page.text)![1]!;

  test('of another site, of another login, or without the token change nothing', async () => {
    const csrf = csrfOf(await signIn());
    const foreign = new Browser();
    people.oidc.person = { subject: 'mallory', claims: {} };
    const others = csrfOf(await signIn(foreign));
    const before = (await browser.get(at('/credentials'))).text;
    const login = { cookie: `steno-login=${browser.cookie('steno-login')!.value}` };
    const attempts: [Record<string, string>, Record<string, string>][] = [
      [{ label: 'x' }, {}],
      [{ label: 'x', csrf: '' }, {}],
      [{ label: 'x', csrf: others }, {}],
      [{ label: 'x', csrf }, { origin: 'https://attacker.example' }],
      [{ label: 'x', csrf }, { origin: 'null' }],
      [{ label: 'x', csrf }, { 'sec-fetch-site': 'same-site' }],
    ];
    for (const [fields, headers] of attempts) {
      const answer = await fetch(at('/credentials'), {
        method: 'POST',
        redirect: 'manual',
        headers: { ...login, ...headers },
        body: new URLSearchParams(fields),
      });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('This form is out of date');
    }
    expect((await browser.get(at('/credentials'))).text).toBe(before);
  });

  test('too large, or in another format, are refused in words', async () => {
    await signIn();
    const headers = { cookie: `steno-login=${browser.cookie('steno-login')!.value}` };
    const large = await fetch(at('/credentials'), { method: 'POST', headers, body: new URLSearchParams({ label: 'x'.repeat(100_000) }) });
    expect(large.status).toBe(413);
    const json = await fetch(at('/credentials'), {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(400);
  });
});

test('signing out ends the login here and at the provider (RP-initiated logout)', async () => {
  const page = await signIn();
  const cookie = browser.cookie('steno-login')!.value;
  await browser.submit(page, '/console/sign-out');
  const asked = new URL(browser.visited.find((each) => each.includes('/session/end'))!);
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    post_logout_redirect_uri: at('/signed-out'),
    id_token_hint: expect.stringMatching(/^ey/),
  });
  expect(browser.cookie('steno-login')).toBeUndefined();
  const answer = await fetch(at(''), { headers: { cookie: `steno-login=${cookie}` }, redirect: 'manual' });
  expect(answer.headers.get('location')).toBe('/console/sign-in');
  expect((await browser.get(at('/signed-out'))).text).toContain('You are signed out.');
});

test('outside /console there is no HTML, and without people there is no console', async () => {
  for (const path of ['/', '/consol', '/consoles', '/bigquery/v2/projects/acme/datasets', '/v1/token']) {
    const { headers } = await fetch(people.url + path);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  }
  const plain = await startTestGateway();
  const answer = await fetch(`${plain.url}/console`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([501, 'application/json; charset=UTF-8']);
  await plain.close();
});

test('behind TLS the cookies are Secure and bound to the host', async () => {
  const secure = await startTestGateway({
    config: `publicUrl: https://gw.example\npeople: { oidc: [{ name: corp, issuer: '${people.oidc.issuer}', clientId: steno }] }`,
  });
  const { headers } = await secure.app.inject('/console/oidc/corp/start');
  expect(headers['set-cookie']).toMatch(/^__Host-steno-sign-in=[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  expect(new URL(String(headers.location)).searchParams.get('redirect_uri')).toBe('https://gw.example/console/oidc/corp/callback');
  await secure.close();
});

test('under a universe’s names, which stand for Google’s, there is no console', async () => {
  const other = await startTestGateway({
    config: `publicUrl: https://gw.example\nuniverse: { domain: bq.example.com }\npeople: { oidc: [{ name: corp, issuer: '${people.oidc.issuer}', clientId: steno }] }`,
  });
  const at = (host: string) => other.app.inject({ url: '/console/sign-in', headers: { host } });
  const { statusCode, headers } = await at('bigquery.bq.example.com');
  expect([statusCode, headers['content-type']]).toEqual([501, 'application/json; charset=utf-8']);
  expect((await at('gw.example')).statusCode).toBe(200);
  await other.close();
});
