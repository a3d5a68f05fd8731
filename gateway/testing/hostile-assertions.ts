// Attacks on SAML, each made out of a response that the provider signed well.
import { createHmac } from 'node:crypto';
import type { SamlProviderFixture } from '../../fixtures/saml-provider.ts';

export type HostileAssertion = {
  readonly name: string;
  /** XML, for the request `id`. */
  readonly forge: (provider: SamlProviderFixture, id: string) => Promise<string> | string;
};

const victim = 'admin@example.com';
const assertionPattern = /<saml:Assertion .*<\/saml:Assertion>/s;
const signaturePattern = /<ds:Signature .*?<\/ds:Signature>/s;
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const anHourAgo = (): string => new Date(Date.now() - 3_600_000).toISOString();

type Parts = { readonly response: string; readonly assertion: string; readonly signature: string; readonly evil: string };

/** A signed response, its assertion, and the assertion of the victim that the attacker wrote. */
async function partsOf(provider: SamlProviderFixture, id: string, signed: 'assertion' | 'response' = 'assertion'): Promise<Parts> {
  const response = await provider.respond({ inResponseTo: id }, signed);
  const assertion = assertionPattern.exec(response)![0];
  const signature = signaturePattern.exec(response)![0];
  const evil = assertion
    .replace(signaturePattern, '')
    .replace(provider.person.nameId, victim)
    .replace(/ ID="[^"]*"/, ' ID="_evil"');
  return { response, assertion, signature, evil };
}

const wrap = (name: string, forge: (parts: Parts) => string, signed: 'assertion' | 'response' = 'assertion'): HostileAssertion => ({
  name,
  forge: async (provider, id) => forge(await partsOf(provider, id, signed)),
});
const said = (name: string, facts: (id: string) => Parameters<SamlProviderFixture['respond']>[0]): HostileAssertion => ({
  name,
  forge: (provider, id) => provider.respond({ inResponseTo: id, ...facts(id) }),
});
const bent = (
  name: string,
  bend: (xml: string, provider: SamlProviderFixture) => string,
  signed: 'assertion' | 'both' = 'assertion',
): HostileAssertion => ({
  name,
  forge: async (provider, id) => bend(await provider.respond({ inResponseTo: id }, signed), provider),
});
const withEvilInside = ({ evil, signature }: Parts, place: (evil: string, signature: string) => string): string => place(evil, signature);
const embed = (evil: string, inner: string): string => evil.replace('</saml:Assertion>', `${inner}</saml:Assertion>`);

export const hostileAssertions: readonly HostileAssertion[] = [
  // Signature wrapping, numbered as in Somorovsky et al., "On Breaking SAML" (USENIX Security 2012).
  wrap(
    'XSW1: the signed response inside the signature of a forged one',
    ({ response, evil, signature, assertion }) => {
      const forged = response
        .replace(/ ID="[^"]*"/, ' ID="_outer"')
        .replace(assertion, evil)
        .replace(signature, '');
      return forged.replace(
        '<samlp:Status>',
        `${signature.replace('</ds:Signature>', `<ds:Object>${response.replace(signature, '')}</ds:Object></ds:Signature>`)}<samlp:Status>`,
      );
    },
    'response',
  ),
  wrap(
    'XSW2: the signed response beside its signature in a forged one',
    ({ response, evil, signature, assertion }) => {
      const forged = response
        .replace(/ ID="[^"]*"/, ' ID="_outer"')
        .replace(assertion, evil)
        .replace(signature, '');
      return forged.replace('<samlp:Status>', `${signature}${response.replace(signature, '')}<samlp:Status>`);
    },
    'response',
  ),
  wrap('XSW3: a forged assertion before the signed one', ({ response, assertion, evil }) => response.replace(assertion, evil + assertion)),
  wrap('XSW4: the signed assertion inside a forged one', ({ response, assertion, evil }) =>
    response.replace(assertion, embed(evil, assertion)),
  ),
  wrap('XSW5: the signature moved to a forged assertion, the signed one behind', (parts) =>
    withEvilInside(parts, (evil, signature) =>
      parts.response.replace(
        parts.assertion,
        `${evil.replace('</saml:Issuer>', `</saml:Issuer>${signature}`)}${parts.assertion.replace(signature, '')}`,
      ),
    ),
  ),
  wrap('XSW6: the signed assertion inside the signature of a forged one', (parts) =>
    withEvilInside(parts, (evil, signature) =>
      parts.response.replace(
        parts.assertion,
        evil.replace(
          '</saml:Issuer>',
          `</saml:Issuer>${signature.replace('</ds:Signature>', `${parts.assertion.replace(signature, '')}</ds:Signature>`)}`,
        ),
      ),
    ),
  ),
  wrap('XSW7: a forged assertion in Extensions', ({ response, assertion, evil }) =>
    response.replace(assertion, `<samlp:Extensions>${evil}</samlp:Extensions>${assertion}`),
  ),
  wrap('XSW8: the signed assertion in an Object of a forged one’s signature', (parts) =>
    withEvilInside(parts, (evil, signature) =>
      parts.response.replace(
        parts.assertion,
        evil.replace(
          '</saml:Issuer>',
          `</saml:Issuer>${signature.replace('</ds:Signature>', `<ds:Object>${parts.assertion.replace(signature, '')}</ds:Object></ds:Signature>`)}`,
        ),
      ),
    ),
  ),
  wrap('a forged assertion with the ID of the signed one', ({ response, assertion, evil }) =>
    response.replace(assertion, evil.replace('_evil', / ID="([^"]*)"/.exec(assertion)![1]!) + assertion),
  ),
  wrap('a forged assertion in another namespace prefix', ({ response, assertion, evil }) =>
    response.replace(assertion, evil.replaceAll('saml:', 'x:').replace('xmlns:x', 'xmlns:x') + assertion),
  ),
  wrap('two responses in one', ({ response, assertion, evil }) =>
    response.replace(assertion, `<samlp:Response>${evil}</samlp:Response>${assertion}`),
  ),
  wrap('a reference to the whole document', ({ response }) => response.replace(/URI="#[^"]*"/, 'URI=""')),
  wrap('a second reference in the signature', ({ response, signature }) => {
    const reference = /<ds:Reference .*?<\/ds:Reference>/s.exec(signature)![0];
    return response.replace(reference, reference + reference.replace(/URI="#[^"]*"/, 'URI="#_evil"'));
  }),
  wrap('a second signature', ({ response, signature }) => response.replace(signature, signature + signature)),

  { name: 'nothing is signed', forge: (provider, id) => provider.respond({ inResponseTo: id, nameId: victim }, 'nothing') },
  { name: 'the response is signed, the assertion is not', forge: (provider, id) => provider.respond({ inResponseTo: id }, 'response') },
  bent('the signature is removed', (xml) => xml.replace(signaturePattern, '')),
  bent('the subject is changed', (xml, { person }) => xml.replace(person.nameId, victim)),
  bent('a group is added', (xml) => xml.replace('<saml:AttributeValue>analysts', '<saml:AttributeValue>admins')),
  bent('the digest is changed', (xml) => xml.replace(/(<ds:DigestValue>)./, '$1x')),
  bent('the signature value is empty', (xml) => xml.replace(/<ds:SignatureValue>[^<]*/, '<ds:SignatureValue>')),
  bent('HMAC under the certificate', (xml, { certificatePem }) => {
    const claimed = xml.replace('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1');
    const info = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s
      .exec(claimed)![0]
      .replace('<ds:SignedInfo', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"');
    return claimed.replace(
      /<ds:SignatureValue>[^<]*/,
      `<ds:SignatureValue>${createHmac('sha1', certificatePem).update(info).digest('base64')}`,
    );
  }),
  bent('SHA-1 named', (xml) => xml.replaceAll('http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1')),
  bent('an XSLT transform', (xml) =>
    xml.replace('http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/TR/1999/REC-xslt-19991116'),
  ),
  bent('a canonicalisation that keeps comments', (xml) =>
    xml.replaceAll('http://www.w3.org/2001/10/xml-exc-c14n#', 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments'),
  ),
  {
    name: 'signed by another provider, whose certificate comes along',
    forge: async (provider, id) => {
      const { startSamlProvider } = await import('../../fixtures/saml-provider.ts');
      const facts = await provider.respond({ inResponseTo: id });
      const recipient = /Recipient="([^"]*)"/.exec(facts)![1]!;
      const attacker = await startSamlProvider({ assertionUrl: recipient, audience: recipient.replace(/\/acs$/, '') });
      const forged = await attacker.respond({ inResponseTo: id, issuer: provider.entityId, nameId: victim });
      await attacker.close();
      return forged;
    },
  },

  bent('a comment in the NameID', (xml, { person }) =>
    xml.replace(person.nameId, `${person.nameId.slice(0, 4)}<!-- -->${person.nameId.slice(4)}`),
  ),
  said('a comment that was there when it was signed', () => ({ nameId: `${victim}<!-- -->.attacker.example` })),
  bent('a CDATA section in the NameID', (xml, { person }) => xml.replace(person.nameId, `<![CDATA[${person.nameId}]]>`)),
  bent('a processing instruction in the NameID', (xml, { person }) => xml.replace(person.nameId, `<?x y?>${person.nameId}`)),
  bent('a document type', (xml) => `<!DOCTYPE samlp:Response>${xml}`),
  bent(
    'an external entity',
    (xml, { person }) => `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>${xml.replace(person.nameId, '&e;')}`,
  ),
  bent(
    'a billion laughs',
    (xml, { person }) => `<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${xml.replace(person.nameId, '&b;')}`,
  ),
  bent('an entity nobody declared', (xml, { person }) => xml.replace(person.nameId, '&admin;')),

  said('another audience', () => ({ audience: 'https://other.example' })),
  said('an audience that begins like ours', () => ({ audience: 'http://127.0.0.1' })),
  said('another recipient', () => ({ recipient: 'https://other.example/acs' })),
  said('another destination', () => ({ destination: 'https://other.example/acs' })),
  said('another issuer', () => ({ issuer: 'https://other.example/metadata' })),
  said('expired', () => ({ notOnOrAfter: anHourAgo() })),
  said('its confirmation expired', () => ({ confirmationNotOnOrAfter: anHourAgo() })),
  said('its confirmation good for a day', () => ({ confirmationNotOnOrAfter: new Date(Date.now() + 86_400_000).toISOString() })),
  said('not valid yet', () => ({ notBefore: inAnHour() })),
  said('a time that is none', () => ({ confirmationNotOnOrAfter: 'tomorrow' })),
  said('no answer to a request (sent by itself)', () => ({ inResponseTo: undefined })),
  said('an answer to another request', () => ({ inResponseTo: '_another' })),
  said('holder of key, not bearer', () => ({ method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' })),
  said('sender vouches, not bearer', () => ({ method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' })),
  said('nobody signed in (no AuthnStatement)', () => ({ authnStatement: '' })),
  said('a NameID of one session only', () => ({ nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' })),
  said('an empty NameID', () => ({ nameId: '' })),
  said('an invisible letter in the NameID', () => ({ nameId: 'grace\u200b-0042' })),
  said('a NameID with an element inside', () => ({ nameId: 'admin<b/>' })),
  said('a group that is an element', () => ({ attributes: { groups: ['<b>admins</b>'] } })),
  {
    name: 'the provider says that it failed',
    forge: async (provider, id) =>
      (await provider.respond({ inResponseTo: id, status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }, 'nothing')).replace(
        assertionPattern,
        '',
      ),
  },
  {
    name: 'a logout response',
    forge: ({ entityId }, id) =>
      `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l" Version="2.0" InResponseTo="${id}"><saml:Issuer>${entityId}</saml:Issuer></samlp:LogoutResponse>`,
  },
  { name: 'no XML', forge: () => 'hello' },
  { name: 'empty', forge: () => '' },
  { name: 'no well-formed XML', forge: () => '<samlp:Response><saml:Assertion></samlp:Response>' },
  { name: 'half a letter', forge: () => `<samlp:Response>\ud800</samlp:Response>` },
  bent('too long', (xml) => xml.replace('<samlp:Status>', `${' '.repeat(300_000)}<samlp:Status>`)),
  bent('a thousand signatures', (xml) => xml.replace(signaturePattern, (each) => each.repeat(100))),
];
