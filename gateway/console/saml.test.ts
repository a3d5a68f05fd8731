import { verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { people as config } from '../config-people.ts';
import { Browser, type Page } from '../testing/browser.ts';
import { hostileAssertions } from '../testing/hostile-assertions.ts';
import { type PeopleGateway, startPeople } from '../testing/start-people.ts';
import { SamlSignIn } from './saml-provider.ts';

let people: PeopleGateway;
let browser: Browser;

beforeAll(async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  people = await startPeople();
});
beforeEach(() => {
  browser = new Browser();
});
afterAll(async () => {
  await people.close();
  vi.restoreAllMocks();
});

const at = (path: string): string => `${people.url}/console${path}`;
const acs = (): string => at('/saml/acme/acs');
const heading = ({ text }: Page): string | undefined => /<h1>(.*?)<\/h1>/s.exec(text)?.[1];
const signIn = async (who = browser): Promise<Page> => who.submit(await who.get(at('/saml/acme/start')), '/saml/acme/acs');

/** As far as the identity provider's form; the id of the request it would answer. */
async function begin(who = browser): Promise<string> {
  const page = await who.get(at('/saml/acme/start'));
  const xml = Buffer.from(/name="SAMLResponse" value="([^"]+)"/.exec(page.text)![1]!, 'base64').toString();
  return / InResponseTo="([^"]+)"/.exec(xml)![1]!;
}
const bring = (xml: string, who = browser): Promise<Page> =>
  who.post(acs(), { SAMLResponse: Buffer.from(xml).toString('base64') }, people.saml.signInUrl);

test('a person signs in at a real SAML provider, and is known by the provider and the NameID', async () => {
  const page = await signIn();
  expect(page).toMatchObject({ status: 200, url: at('') });
  expect(heading(page)).toBe('Grace Hopper');
  for (const each of ['<code>grace-0042</code>', people.saml.entityId, 'grace@example.com', '<li>admirals</li>', 'with Acme, by SAML 2.0'])
    expect(page.text).toContain(each);
});

test.each(['assertion', 'both'] as const)('signed: %s', async (signed) => {
  expect(heading(await bring(await people.saml.respond({ inResponseTo: await begin() }, signed)))).toBe('Grace Hopper');
});

test('there are at least fifty attacks', () => expect(hostileAssertions.length).toBeGreaterThanOrEqual(50));

test.each(hostileAssertions)('nobody is signed in by: $name', async ({ forge }) => {
  const xml = await forge(people.saml, await begin());
  const page = await bring(xml);
  expect([400, 403, 413]).toContain(page.status);
  expect(['You could not be signed in', 'You did not sign in', 'This sign-in is over']).toContain(heading(page));
  expect(browser.cookie('steno-login')).toBeUndefined();
  expect((await browser.get(at(''))).url).toBe(at('/sign-in'));
  // Nothing of what was sent is shown.
  expect(page.text).not.toMatch(/admin@example|root:|saml:|<ds:/);
});

describe('an assertion that was good', () => {
  test('is used once, also from another browser', async () => {
    const xml = await people.saml.respond({ inResponseTo: await begin() });
    expect(heading(await bring(xml))).toBe('Grace Hopper');
    for (const who of [browser, new Browser()]) expect(heading(await bring(xml, who))).toBe('This sign-in is over');
  });

  test('is worth nothing in the browser of another, who did not ask for it (login CSRF)', async () => {
    const victim = new Browser();
    await begin(victim);
    const page = await bring(await people.saml.respond({ inResponseTo: await begin() }), victim);
    expect(heading(page)).toBe('This sign-in is over');
    expect(victim.cookie('steno-login')).toBeUndefined();
  });

  test('cannot be brought in two steps by two browsers', async () => {
    const id = await begin();
    const body = new URLSearchParams({ SAMLResponse: Buffer.from(await people.saml.respond({ inResponseTo: id })).toString('base64') });
    const handoff = (await fetch(acs(), { method: 'POST', body, redirect: 'manual' })).headers.get('location')!;
    expect(handoff).toMatch(/^\/console\/saml\/acme\/finish\?handoff=/);
    expect(heading(await new Browser().get(people.url + handoff))).toBe('This sign-in is over');
    expect(heading(await browser.get(people.url + handoff))).toBe('This sign-in is over');
  });
});

test('a person of many groups: a response of 100 KB', async () => {
  const groups = Array.from({ length: 400 }, (_, at) => `cn=group-${at},${'ou=department,'.repeat(12)}dc=example`);
  const page = await bring(await people.saml.respond({ inResponseTo: await begin(), attributes: { groups } }));
  expect(heading(page)).toBe('grace-0042');
  expect(page.text).toContain('cn=group-399,');
});

test('a group or e-mail that the provider does not name is none', async () => {
  const page = await bring(await people.saml.respond({ inResponseTo: await begin(), attributes: {} }));
  expect(heading(page)).toBe('grace-0042');
  expect(page.text).toContain('named no groups');
});

test('signing out asks the provider to end its session too', async () => {
  await browser.submit(await signIn(), '/console/sign-out');
  const asked = new URL(browser.visited.find((each) => each.startsWith(people.saml.signOutUrl))!);
  expect(asked.searchParams.get('SAMLRequest')).toMatch(/^[\w+/=]{100,}$/);
  expect((await browser.get(at(''))).url).toBe(at('/sign-in'));
});

test('the metadata for the provider’s administrator name our address and audience', async () => {
  const { status, text, headers } = await browser.get(at('/saml/acme'));
  expect([status, headers.get('content-type')]).toEqual([200, 'application/samlmetadata+xml']);
  expect(text).toContain(`entityID="${at('/saml/acme')}"`);
  expect(text).toContain(`Location="${acs()}"`);
  expect(text).toContain('WantAssertionsSigned="true"');
});

test('requests are signed where the provider wants that, and the metadata hold the certificate for it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'steno-saml-'));
  const { certificatePem, privateKeyPem } = people.saml;
  writeFileSync(join(directory, 'key.pem'), privateKeyPem);
  writeFileSync(join(directory, 'own.pem'), certificatePem);
  const [provider] = config.parse({
    saml: [
      {
        name: 'acme',
        entityId: 'idp',
        signInUrl: 'https://idp.example/sso?id=1',
        signOutUrl: 'https://idp.example/slo',
        certificateFiles: join(directory, 'own.pem'),
        signing: { keyFile: join(directory, 'key.pem'), certificateFile: join(directory, 'own.pem') },
      },
    ],
  }).saml;
  const saml = new SamlSignIn(provider!, 'https://gw.example/console');
  const logout = await saml.signOutAddress(JSON.stringify({ nameID: 'grace', nameIDFormat: 'urn:x' }));
  for (const address of [(await saml.start()).address, logout!]) {
    const { searchParams } = new URL(address);
    expect(searchParams.get('SigAlg')).toBe('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
    const signed = ['SAMLRequest', 'SigAlg'].map((name) => `${name}=${encodeURIComponent(searchParams.get(name)!)}`).join('&');
    expect(verify('RSA-SHA256', Buffer.from(signed), certificatePem, Buffer.from(searchParams.get('Signature')!, 'base64'))).toBe(true);
  }
  const metadata = await saml.metadata();
  expect(metadata).toContain('AuthnRequestsSigned="true"');
  expect(metadata.replace(/\s/g, '')).toContain(certificatePem.replace(/-----[^-]+-----|\s/g, ''));
  rmSync(directory, { recursive: true });
});
