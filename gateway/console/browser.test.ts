// The whole story in a real browser, on a gateway with its real recorder: what cookies, forms and downloads do there, no double knows.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../fixtures/free-port.ts';
import { type PeopleIssuer, startPeopleIssuer } from '../../fixtures/people-issuer.ts';
import { type SamlProviderFixture, startSamlProvider } from '../../fixtures/saml-provider.ts';
import { type RunningGateway, startGateway } from '../main.ts';
import { startUpstreamDouble, type UpstreamDouble } from '../testing/upstream-double.ts';

const executablePath = '/usr/bin/chromium';
let directory: string;
let url: string;
let oidc: PeopleIssuer;
let saml: SamlProviderFixture;
let upstream: UpstreamDouble;
let gateway: RunningGateway;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let violations: string[];

describe.skipIf(!existsSync(executablePath))('in Chromium', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'steno-console-'));
    url = `http://127.0.0.1:${await freePort()}`;
    const own = `${url}/console/saml/acme`;
    oidc = await startPeopleIssuer({
      redirectUris: [`${url}/console/oidc/corp/callback`, `${url}/console/accounts/own/callback`],
      signedOutUris: [`${url}/console/signed-out`],
    });
    saml = await startSamlProvider({ assertionUrl: `${own}/acs`, audience: own });
    upstream = await startUpstreamDouble();
    mkdirSync(join(directory, 'policy'));
    writeFileSync(join(directory, 'policy', 'all.cedar'), '@id("all") permit (principal, action, resource);');
    writeFileSync(join(directory, 'secret'), oidc.clientSecret);
    writeFileSync(join(directory, 'idp.pem'), saml.certificatePem);
    writeFileSync(
      join(directory, 'steno.yaml'),
      `
listen: ${new URL(url).host}
admin: { listen: 127.0.0.1:0 }
publicUrl: ${url}
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: '${oidc.issuer}', audience: 'https://gateway.test' }]
connections:
  - { name: double, projects: [acme-prod], endpoint: '${upstream.url}', credentials: none }
  - name: own
    projects: [acme-own]
    endpoint: '${upstream.url}'
    credentials: { perUser: { issuer: '${oidc.issuer}', clientId: ${oidc.clientId}, clientSecretFile: secret, scopes: [openid, email, offline_access] } }
people:
  oidc: [{ name: corp, title: Corp, issuer: '${oidc.issuer}', clientId: ${oidc.clientId}, clientSecretFile: secret }]
  saml: [{ name: acme, title: Acme, entityId: '${saml.entityId}', signInUrl: '${saml.signInUrl}', signOutUrl: '${saml.signOutUrl}', certificateFiles: idp.pem }]
`,
    );
    gateway = await startGateway(join(directory, 'steno.yaml'));
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await Promise.all([oidc.close(), saml.close(), upstream.close()]);
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    violations = [];
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
    });
  });
  afterEach(async () => {
    expect(violations).toEqual([]);
    await context.close();
  });

  const expectAccessible = async (): Promise<void> => {
    const { violations: found } = await new AxeBuilder({ page }).analyze();
    expect(found.map(({ id, nodes }) => `${page.url()} ${id} ${nodes.map((each) => each.target).join(' ')}`)).toEqual([]);
  };
  const signIn = async (title: string, name: string): Promise<void> => {
    await page.goto(`${url}/console`);
    await page.getByRole('link', { name: `Continue with ${title}` }).click();
    await page.getByRole('heading', { name }).waitFor();
  };

  test('sign in, make a credential, work with it, see the session, revoke, sign out', async () => {
    await page.goto(`${url}/console`);
    await expectAccessible();
    await signIn('Corp', 'Ada Lovelace');
    await expectAccessible();

    await page.getByRole('link', { name: 'Credentials', exact: true }).click();
    await page.getByLabel('What it is for').fill('My laptop');
    await page.getByLabel('Session name').fill('ticket-123');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('heading', { name: '“My laptop” is ready' }).waitFor();
    await expectAccessible();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
    expect(download.suggestedFilename()).toBe('credentials.json');
    const file = JSON.parse(await readFile(await download.path(), 'utf8')) as Record<string, string>;
    expect(await query(file)).toBe(200);

    await page.getByRole('link', { name: 'Sessions', exact: true }).click();
    const row = page.getByRole('row', { name: /ticket-123/ });
    // What the journal holds is remembered for three seconds.
    for (let attempt = 0; attempt < 20 && (await row.count()) === 0; attempt++) {
      await page.waitForTimeout(500);
      await page.reload();
    }
    expect(await row.getByRole('cell').allInnerTexts()).toMatchObject([
      expect.stringContaining('ticket-123'),
      'open',
      // The token exchange and the query.
      '2',
      'just now',
      'just now',
    ]);
    await expectAccessible();

    await page.getByRole('link', { name: 'Credentials', exact: true }).click();
    await page.getByRole('button', { name: 'Revoke My laptop' }).click();
    await page.getByText('you revoked it here').waitFor();
    await expectAccessible();
    expect(await query(file)).toBe(400);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/session\/end/);
    await page.goto(`${url}/console`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('authorise one’s own account for a connection, and withdraw it', async () => {
    await signIn('Corp', 'Ada Lovelace');
    await page.getByRole('link', { name: '0 of 1 Google accounts authorised' }).click();
    await page.getByRole('heading', { name: 'Your Google accounts' }).waitFor();
    await expectAccessible();
    await page.getByRole('link', { name: 'Authorise' }).click();
    await page.getByText('ada@example.com').waitFor();
    await expectAccessible();
    await page.getByRole('button', { name: 'Withdraw own' }).click();
    await page.getByText('you withdrew it in the console').waitFor();
    await expectAccessible();
  });

  test('SAML: the provider’s POST from another site finishes in the browser that began, although no cookie comes with it', async () => {
    await signIn('Acme', 'Grace Hopper');
    expect((await context.cookies()).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
      { name: 'steno-login', httpOnly: true, sameSite: 'Lax' },
    ]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Signed out at the identity provider.').waitFor();
  });

  test('a page of another site can neither frame the console nor send its forms', async () => {
    await signIn('Corp', 'Ada Lovelace');
    const other = await context.newPage();
    await other.goto(`${oidc.issuer}/.well-known/openid-configuration`);
    await other.setContent(
      `<iframe src="${url}/console"></iframe><form method="post" action="${url}/console/sign-out"><input name="csrf" value="x"></form>`,
    );
    await other.waitForTimeout(300);
    expect(await Promise.all(other.frames().map((frame) => frame.getByText('Ada Lovelace').count()))).toEqual([0, 0]);
    await other.evaluate('document.forms[0].submit()');
    await other.waitForURL(/\/console/);
    await page.goto(`${url}/console`);
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
  });

  /** The status of a query, or of the refresh before it. */
  async function query(file: Readonly<Record<string, string>>): Promise<number> {
    const refreshed = await fetch(file['token_url']!, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: file['refresh_token']!, client_id: file['client_id']! }),
    });
    if (!refreshed.ok) return refreshed.status;
    const { access_token: token } = (await refreshed.json()) as { access_token: string };
    const answer = await fetch(`${url}/bigquery/v2/projects/acme-prod/queries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'SELECT 1', useLegacySql: false }),
    });
    await answer.text();
    return answer.status;
  }
});
