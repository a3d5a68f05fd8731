import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { Browser, type Page } from '../testing/browser.ts';
import { peopleForFile } from '../testing/people-for-file.ts';
import type { PeopleGateway } from '../testing/start-people.ts';

let people: PeopleGateway;
let browser: Browser;
peopleForFile((started) => {
  people = started;
});
beforeEach(() => {
  browser = new Browser();
});

const at = (path: string): string => `${people.url}/console${path}`;
const signIn = async (who = browser): Promise<Page> => who.submit(await who.get(at('/saml/acme/start')), '/saml/acme/acs');

describe('signing out that the provider begins', () => {
  const slo = (): string => at('/saml/acme/slo');
  const grace = { nameId: 'grace-0042', sessionIndex: '_s1' };
  const signOuts = () =>
    people.gateway.recorder.exchanges
      .filter(({ intent }) => intent.methodId === 'steno.sign-out')
      .map(({ intent, status }) => `${intent.principal.subject} ${intent.decision.effect} ${status} ${intent.request.target}`);
  const isSignedIn = async (who = browser): Promise<boolean> => (await who.get(at(''))).url === at('');

  test.each(['in an address, as Entra ID sends it', 'as a form, as Okta sends it'])('%s: every login of that session ends', async (how) => {
    const second = new Browser();
    await signIn();
    await signIn(second);
    expect([await isSignedIn(), await isSignedIn(second)]).toEqual([true, true]);
    const courier = new Browser();
    people.gateway.recorder.exchanges.length = 0;
    if (how.startsWith('in')) await courier.get(await people.saml.logoutAddress(slo(), grace));
    else await courier.post(slo(), { SAMLRequest: await people.saml.logoutMessage(slo(), grace) }, people.saml.signInUrl);
    const told = new URL(courier.visited.at(-1)!);
    expect(told.origin + told.pathname).toBe(people.saml.signOutUrl);
    expect(inflateRawSync(Buffer.from(told.searchParams.get('SAMLResponse')!, 'base64')).toString()).toContain('status:Success');
    expect([await isSignedIn(), await isSignedIn(second)]).toEqual([false, false]);
    // Each stands in the record of whose it was, without the message, which is a credential.
    expect(signOuts().length).toBeGreaterThanOrEqual(2);
    expect([...new Set(signOuts())]).toEqual(['grace-0042 allow 303 /console/saml/acme/slo']);
    expect(JSON.stringify(people.gateway.recorder.exchanges)).not.toContain('SAMLRequest');
  });

  test('another person’s, or another session’s, goes on', async () => {
    await signIn();
    await new Browser().get(await people.saml.logoutAddress(slo(), { ...grace, nameId: 'someone-else' }));
    await new Browser().get(await people.saml.logoutAddress(slo(), { ...grace, sessionIndex: '_s2' }));
    expect(await isSignedIn()).toBe(true);
  });

  test.each<[string, (address: URL) => Promise<string> | string]>([
    ['unsigned', (address) => without(address, 'Signature', 'SigAlg')],
    ['with the name of an algorithm, and no signature', (address) => without(address, 'Signature')],
    [
      'signed with SHA-1',
      (address) => address.toString().replace(/SigAlg=[^&]+/, `SigAlg=${encodeURIComponent('http://www.w3.org/2000/09/xmldsig#rsa-sha1')}`),
    ],
    ['changed', (address) => address.toString().replace(/SAMLRequest=[^&]+/, `SAMLRequest=${encodeURIComponent(changed(address))}`)],
    ['said twice', (address) => `${address}&SAMLRequest=${encodeURIComponent(changed(address))}`],
    ['for another address', async () => (await people.saml.logoutAddress(`${slo()}x`, grace)).replace('/slox?', '/slo?')],
  ])('%s: refused, and nobody is signed out', async (_, bend) => {
    await signIn();
    const page = await new Browser().get(await bend(new URL(await people.saml.logoutAddress(slo(), grace))));
    expect([400, 403]).toContain(page.status);
    expect(signOuts().at(-1)).toBe(`unauthenticated deny ${page.status} /console/saml/acme/slo`);
    expect(await isSignedIn()).toBe(true);
  });

  test('posted without a signature, or a second time: refused', async () => {
    await signIn();
    const message = await people.saml.logoutMessage(slo(), grace);
    const unsigned = Buffer.from(message, 'base64')
      .toString()
      .replace(/<ds:Signature.*<\/ds:Signature>/s, '');
    expect((await new Browser().post(slo(), { SAMLRequest: Buffer.from(unsigned).toString('base64') }, people.saml.signInUrl)).status).toBe(
      403,
    );
    expect(await isSignedIn()).toBe(true);
    await new Browser().post(slo(), { SAMLRequest: message }, people.saml.signInUrl);
    await signIn();
    expect((await new Browser().post(slo(), { SAMLRequest: message }, people.saml.signInUrl)).status).toBe(400);
    expect(await isSignedIn()).toBe(true);
  });
});

const without = (address: URL, ...names: string[]): string => {
  for (const each of names) address.searchParams.delete(each);
  return address.toString();
};
const changed = (address: URL): string =>
  deflateRawSync(
    inflateRawSync(Buffer.from(address.searchParams.get('SAMLRequest')!, 'base64'))
      .toString()
      .replace('_s1', '_s2'),
  ).toString('base64');
