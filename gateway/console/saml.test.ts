import { verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Encryption, newCertificate, type ResponseFacts } from '../../fixtures/saml-provider.ts';
import { people as config } from '../config-people.ts';
import { findUnusableSecrets } from '../find-unusable-secrets.ts';
import { Browser, type Page } from '../testing/browser.ts';
import { hostileAssertions } from '../testing/hostile-assertions.ts';
import { peopleForFile } from '../testing/people-for-file.ts';
import type { PeopleGateway } from '../testing/start-people.ts';
import { SamlSignIn } from './saml-provider.ts';

let people: PeopleGateway;
let browser: Browser;

peopleForFile((started) => {
  people = started;
});
beforeEach(() => {
  browser = new Browser();
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

describe('encrypted assertions', () => {
  const respond = async (more: Partial<Encryption> = {}, facts: Partial<ResponseFacts> = {}) =>
    people.saml.respond({ inResponseTo: await begin(), ...facts }, 'assertion', { certificatePem: people.encryptionCertificate, ...more });

  test('AES-GCM under RSA-OAEP: who it is comes out of it', async () => {
    const xml = await respond();
    expect(xml).toContain('EncryptedAssertion');
    expect(xml).not.toContain('Grace');
    expect(heading(await bring(xml))).toBe('Grace Hopper');
  });

  test('the metadata names the certificate to encrypt for, and where to sign out', async () => {
    const { text } = await browser.get(at('/saml/acme'));
    expect(text).toMatch(/<KeyDescriptor use="encryption">/);
    expect(text).toContain(people.encryptionCertificate.replaceAll(/-----[^-]+-----|\s/g, '').slice(0, 60));
    expect(text).toContain(`Location="${at('/saml/acme/slo')}"`);
  });

  test.each([
    ['CBC, whose errors give the text away', { algorithm: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc' }],
    ['RSA 1.5', { keyAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' }],
  ])('%s is refused before anything is decrypted', async (_, encryption) => {
    const page = await bring(await respond(encryption));
    expect(page).toMatchObject({ status: 403 });
    expect(page.text).toContain('encrypted with an algorithm that is not accepted: AES-GCM under RSA-OAEP is');
  });

  test('for another key, or changed on its way, nobody is signed in', async () => {
    const { certificatePem } = await newCertificate();
    expect((await bring(await respond({ certificatePem }))).status).toBe(403);
    const xml = await respond();
    const [value] = [...xml.matchAll(/<(?:\w+:)?CipherValue>([^<]+)</g)].at(-1)!.slice(1) as [string];
    const bytes = Buffer.from(value, 'base64');
    bytes[40]! ^= 1;
    expect((await bring(xml.replace(value, bytes.toString('base64')))).status).toBe(403);
    expect(browser.cookie('steno-login')).toBeUndefined();
  });

  test('what is inside is asked as much as what is in clear: unsigned, of another assertion, or for another audience', async () => {
    const forged = await people.saml.respond({ inResponseTo: await begin(), nameId: 'admin' }, 'nothing');
    expect((await bring(await encryptByHand(forged))).status).toBe(403);
    const changedInside = await people.saml.respond({ inResponseTo: await begin() });
    expect((await bring(await encryptByHand(changedInside.replace('grace-0042', 'grace-0043')))).status).toBe(403);
    expect((await bring(await respond({}, { audience: 'https://other.example' }))).status).toBe(403);
    expect(browser.cookie('steno-login')).toBeUndefined();
  });

  test('a comment inside splits no name: what was signed is what is read', async () => {
    const commented = await people.saml.respond({ inResponseTo: await begin() });
    const page = await bring(await encryptByHand(commented.replace('grace-0042', 'grace-<!-- -->0042')));
    if (page.status === 200) expect(page.text).toContain('<code>grace-0042</code>');
    else expect(browser.cookie('steno-login')).toBeUndefined();
  });
});

/** As whoever has our public certificate can: anything may stand in an encrypted assertion. */
const encryptByHand = (xml: string): Promise<string> => people.saml.encrypt(xml, { certificatePem: people.encryptionCertificate });

test('an EC key is refused where it is configured, with the remedy', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'steno-ec-'));
  const { certificatePem } = await newCertificate('EC');
  writeFileSync(join(directory, 'ec.pem'), certificatePem);
  const parsed = config.parse({
    saml: [{ name: 'a', entityId: 'e', signInUrl: 'https://i/', certificateFiles: join(directory, 'ec.pem') }],
  });
  const mistakes = await findUnusableSecrets({ issuers: [], connections: [], people: parsed } as never);
  expect(mistakes).toEqual([{ path: 'people.saml[0].certificateFiles[0]', message: expect.stringMatching(/must hold an RSA key/) }]);
  rmSync(directory, { recursive: true });
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
