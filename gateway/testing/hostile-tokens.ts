import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { type TestIssuer, testAudience } from './test-issuer.ts';

/** `token`: made to be refused, out of a good issuer's material. */
export type HostileToken = { readonly name: string; readonly token: (issuer: TestIssuer) => Promise<string> | string };

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const goodClaims = (issuer: TestIssuer): Record<string, unknown> => ({
  iss: issuer.issuer,
  aud: testAudience,
  sub: 'agent-1',
  iat: nowSeconds(),
  exp: nowSeconds() + 600,
});
const unsigned = (issuer: TestIssuer, alg: string, signature = ''): string =>
  `${encode({ alg, typ: 'JWT', kid: issuer.keys[0]!.kid })}.${encode(goodClaims(issuer))}.${signature}`;
const parts = async (issuer: TestIssuer): Promise<[string, string, string]> => (await issuer.mint()).split('.') as [string, string, string];

/** Signed with HMAC under the public key's own text: works where a verifier lets the token choose the algorithm (CVE-2015-9235). */
async function confused(issuer: TestIssuer, alg: 'HS256' | 'HS384' | 'HS512', secret: (jwk: JWK) => Promise<string>): Promise<string> {
  const text = `${encode({ alg, typ: 'JWT', kid: issuer.keys[0]!.kid })}.${encode(goodClaims(issuer))}`;
  return `${text}.${createHmac(alg.replace('HS', 'sha'), await secret(issuer.keys[0]!))
    .update(text)
    .digest('base64url')}`;
}

const toPem = async (jwk: JWK): Promise<string> =>
  exportSPKI((await importJWK(jwk, jwk.alg ?? 'RS256')) as Exclude<Awaited<ReturnType<typeof importJWK>>, Uint8Array>);

async function signedByStranger(issuer: TestIssuer, header: Record<string, unknown> = {}, alg: string = issuer.algorithm): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const filled = JSON.parse(JSON.stringify(header), (_, value) => (value === 'OWN_JWK' ? jwk : value)) as Record<string, unknown>;
  return new SignJWT(goodClaims(issuer)).setProtectedHeader({ alg, kid: issuer.keys[0]!.kid!, ...filled }).sign(privateKey);
}

/** Published by the issuer itself, by mistake: a key that must not be trusted, and a token it signed well. */
async function signedByWeakKey(issuer: TestIssuer): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const kid = `weak-${crypto.randomUUID()}`;
  issuer.keys.push({ ...(publicKey.export({ format: 'jwk' }) as JWK), kid, alg: 'RS256', use: 'sig' });
  const signed = `${encode({ alg: 'RS256', kid })}.${encode(goodClaims(issuer))}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
}

/** A published key of another curve under the name of an accepted algorithm. */
async function signedOnWrongCurve(issuer: TestIssuer): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const kid = `curve-${crypto.randomUUID()}`;
  issuer.keys.push({ ...(publicKey.export({ format: 'jwk' }) as JWK), kid, use: 'sig' });
  const signed = `${encode({ alg: 'ES256', kid })}.${encode(goodClaims(issuer))}`;
  return `${signed}.${createSign('SHA256').update(signed).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** Good claims as text, with more text before the end: what JSON.stringify would not write. */
const withText = (issuer: TestIssuer, more: string): Promise<string> =>
  issuer.mintText(`${JSON.stringify(goodClaims(issuer)).slice(0, -1)},${more}}`);

const claim = (name: string, claims: (issuer: TestIssuer) => Record<string, unknown>): HostileToken => ({
  name,
  token: (issuer) => issuer.mint(claims(issuer)),
});
const header = (name: string, fields: Record<string, unknown>): HostileToken => ({ name, token: (issuer) => issuer.mint({}, fields) });
const text = (name: string, token: HostileToken['token']): HostileToken => ({ name, token });

export const hostileTokens: readonly HostileToken[] = [
  text('alg none, empty signature', (issuer) => unsigned(issuer, 'none')),
  text('alg None', (issuer) => unsigned(issuer, 'None')),
  text('alg NONE', (issuer) => unsigned(issuer, 'NONE')),
  text('alg nOnE with a signature', (issuer) => unsigned(issuer, 'nOnE', 'AAAA')),
  text('alg none with the signature of a good token', async (issuer) => unsigned(issuer, 'none', (await parts(issuer))[2])),
  text('HS256 under the public key as PEM', (issuer) => confused(issuer, 'HS256', toPem)),
  text('HS384 under the public key as PEM', (issuer) => confused(issuer, 'HS384', toPem)),
  text('HS512 under the public key as PEM', (issuer) => confused(issuer, 'HS512', toPem)),
  text('HS256 under the public key as PEM without the last line end', (issuer) =>
    confused(issuer, 'HS256', async (jwk) => (await toPem(jwk)).trimEnd()),
  ),
  text('HS256 under the JWK text', (issuer) => confused(issuer, 'HS256', async (jwk) => JSON.stringify(jwk))),
  text('HS256 under the modulus or coordinate', (issuer) => confused(issuer, 'HS256', async (jwk) => (jwk.n ?? jwk.x)!)),
  text('HS256 under the empty secret', (issuer) => confused(issuer, 'HS256', async () => '')),
  text('an algorithm that is asymmetric but not configured (PS256)', async (issuer) => signedByStranger(issuer, {}, 'PS256')),
  text('an algorithm that is asymmetric but not configured (EdDSA)', async (issuer) => signedByStranger(issuer, {}, 'Ed25519')),
  text('alg of the wrong family for the key', (issuer) => signedByStranger(issuer, {}, issuer.algorithm === 'ES256' ? 'RS256' : 'ES256')),
  text('alg missing', async (issuer) => `${encode({ typ: 'JWT' })}.${(await parts(issuer)).slice(1).join('.')}`),
  text('alg a number', async (issuer) => `${encode({ alg: 256 })}.${(await parts(issuer)).slice(1).join('.')}`),
  text('alg a list', async (issuer) => `${encode({ alg: ['RS256'] })}.${(await parts(issuer)).slice(1).join('.')}`),

  text('another key under a published kid', (issuer) => signedByStranger(issuer)),
  text('jwk header with its own key', (issuer) => signedByStranger(issuer, { jwk: 'OWN_JWK' })),
  text('jku header to a foreign key set', (issuer) => signedByStranger(issuer, { jku: 'https://attacker.example/jwks.json' })),
  text('x5u header', (issuer) => signedByStranger(issuer, { x5u: 'https://attacker.example/cert.pem' })),
  text('x5c header', (issuer) => signedByStranger(issuer, { x5c: ['MIIB'] })),
  header('good signature, jku header', { jku: 'https://attacker.example/jwks.json' }),
  header('good signature, x5c header', { x5c: ['MIIB'] }),
  header('good signature, x5t header', { x5t: 'abc' }),
  header('good signature, zip header', { zip: 'DEF' }),
  header('good signature, cty header: nested', { cty: 'JWT' }),
  text(
    'crit header that nobody understands',
    async (issuer) =>
      `${encode({ alg: issuer.algorithm, kid: issuer.keys[0]!.kid, crit: ['urgent'], urgent: true })}.${(await parts(issuer)).slice(1).join('.')}`,
  ),
  text(
    'b64 false (RFC 7797)',
    async (issuer) => `${encode({ alg: issuer.algorithm, b64: false, crit: ['b64'] })}.${(await parts(issuer)).slice(1).join('.')}`,
  ),
  header('kid that is a path', { kid: '../../../../dev/null' }),
  header('kid that is SQL', { kid: "x' UNION SELECT 'secret" }),
  header('kid that is an address', { kid: 'https://attacker.example/key' }),
  header('kid of an unknown key', { kid: 'unknown' }),
  text('kid a number', async (issuer) => `${encode({ alg: issuer.algorithm, kid: 1 })}.${(await parts(issuer)).slice(1).join('.')}`),
  text('kid empty', async (issuer) => `${encode({ alg: issuer.algorithm, kid: '' })}.${(await parts(issuer)).slice(1).join('.')}`),
  header('kid too long', { kid: 'k'.repeat(10_000) }),
  header('typ of a logout token', { typ: 'logout+jwt' }),
  header('typ of a security event', { typ: 'secevent+jwt' }),
  header('typ of a DPoP proof', { typ: 'dpop+jwt' }),

  claim('another audience', () => ({ aud: 'https://other.test' })),
  claim('audience that begins like ours', () => ({ aud: `${testAudience}.attacker.example` })),
  claim('audience with a slash more', () => ({ aud: `${testAudience}/` })),
  claim('audience in other letters', () => ({ aud: testAudience.toUpperCase() })),
  claim('ours among other audiences', () => ({ aud: [testAudience, 'https://other.test'] })),
  claim('audience empty', () => ({ aud: '' })),
  claim('audience an empty list', () => ({ aud: [] })),
  claim('audience missing', () => ({ aud: undefined })),
  claim('audience an object', () => ({ aud: { 0: testAudience } })),
  claim('issuer unknown', () => ({ iss: 'https://attacker.example' })),
  claim('issuer with a slash more', (issuer) => ({ iss: `${issuer.issuer}/` })),
  claim('issuer with a user in front', (issuer) => ({ iss: issuer.issuer.replace('//', '//user@') })),
  claim('issuer missing', () => ({ iss: undefined })),
  claim('issuer a list', (issuer) => ({ iss: [issuer.issuer] })),
  claim("the gateway's own issuer, signed by another", () => ({
    iss: 'urn:steno:gateway',
    aud: 'urn:steno:gateway:bigquery',
    steno: { kind: 'person', issuer: 'x', subject: 'admin', groups: ['admins'], actChain: [] },
  })),

  claim('expired an hour ago', () => ({ exp: nowSeconds() - 3600 })),
  claim('expired ten seconds ago', () => ({ exp: nowSeconds() - 10 })),
  claim('no expiry', () => ({ exp: undefined })),
  claim('expiry as text', () => ({ exp: String(nowSeconds() + 600) })),
  claim('expiry not a number', () => ({ exp: null })),
  claim('not valid for another hour', () => ({ nbf: nowSeconds() + 3600 })),
  claim('not-before as text', () => ({ nbf: 'now' })),
  claim('no subject', () => ({ sub: undefined })),
  claim('empty subject', () => ({ sub: '' })),
  claim('subject a number', () => ({ sub: 42 })),
  claim('subject too long', () => ({ sub: 's'.repeat(5_000) })),
  claim('groups an object', () => ({ groups: { admins: true } })),
  claim('groups with a number', () => ({ groups: ['analysts', 7] })),
  claim('act chain that is no object', () => ({ act: 'admin' })),
  claim('act chain without an end', () => ({
    act: Array.from({ length: 20 }).reduce<unknown>((act, _, at) => ({ sub: `a${at}`, ...(act === undefined ? {} : { act }) }), undefined),
  })),

  claim('valid for a thousand years', () => ({ exp: nowSeconds() + 1_000 * 31_557_600 })),
  claim('expiry beyond every number', () => ({ exp: 1e300 })),
  claim('expiry negative', () => ({ exp: -1 })),
  claim('issued tomorrow', () => ({ iat: nowSeconds() + 86_400 })),
  claim('bound to a key (DPoP)', () => ({ cnf: { jkt: 'abc' } })),
  claim('bound to a certificate (mutual TLS)', () => ({ cnf: { 'x5t#S256': 'abc' } })),
  claim('issuer with other letters of the same look', (issuer) => ({ iss: issuer.issuer.replace('1', '\u0661') })),
  claim('issuer with an invisible letter', (issuer) => ({ iss: `${issuer.issuer}\u200b` })),
  claim('issuer in upper case', (issuer) => ({ iss: issuer.issuer.replace('http', 'HTTP') })),
  claim('issuer with its port spelt twice', (issuer) => ({ iss: `${issuer.issuer}:80` })),
  claim('issuer that begins like ours', (issuer) => ({ iss: `${issuer.issuer}.attacker.example` })),
  claim('issuer with a path below ours', (issuer) => ({ iss: `${issuer.issuer}/tenant` })),
  claim('audience with an invisible letter', () => ({ aud: `${testAudience}\u200b` })),
  claim('audience nested in a list', () => ({ aud: [[testAudience]] })),
  claim('subject with a NUL', () => ({ sub: 'agent-1\u0000admin' })),
  claim('subject with an invisible letter', () => ({ sub: 'agent\u200b-1' })),
  claim('subject written from right to left', () => ({ sub: '\u202e1-tnega' })),
  claim('subject with a line break', () => ({ sub: 'agent-1\nadmin' })),
  claim('act chain with an invisible actor', () => ({ act: { sub: '\u2060' } })),
  text('subject with half a letter', (issuer) => withText(issuer, '"sub":"\\ud800"')),
  text('subject twice', (issuer) => withText(issuer, '"sub":"admin"')),
  text('subject twice, once escaped', (issuer) => withText(issuer, '"\\u0073ub":"admin"')),
  text('issuer twice', (issuer) => withText(issuer, '"iss":"https://attacker.example"')),
  text('expiry twice', (issuer) => withText(issuer, `"exp" : ${nowSeconds() + 9_000}`)),
  text('groups twice, deep inside', (issuer) => withText(issuer, '"extra":{"groups":["a"],"groups":["b"]}')),
  text('algorithm twice', async (issuer) =>
    issuer.mintText(JSON.stringify(goodClaims(issuer)), `{"alg":"none","alg":"${issuer.algorithm}","kid":"${issuer.keys[0]!.kid}"}`),
  ),
  text('a byte order mark before the claims', (issuer) => issuer.mintText(`\ufeff${JSON.stringify(goodClaims(issuer))}`)),
  text('claims that end twice', (issuer) => issuer.mintText(`${JSON.stringify(goodClaims(issuer))}{}`)),
  text('claims that are text', (issuer) => issuer.mintText(JSON.stringify(JSON.stringify(goodClaims(issuer))))),
  text('claims nested too deep to read', (issuer) => issuer.mintText(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)),
  text('claims of a prototype', (issuer) => issuer.mintText(`{"__proto__":${JSON.stringify(goodClaims(issuer))}}`)),
  text('a weak key that the issuer published', signedByWeakKey),
  text('a key of the wrong curve that the issuer published', signedOnWrongCurve),
  text('a JWT in a JWT', async (issuer) => issuer.mintText(JSON.stringify(await issuer.mint()))),
  text('signature of zeros', async (issuer) => `${(await parts(issuer)).slice(0, 2).join('.')}.${Buffer.alloc(64).toString('base64url')}`),
  text('signature in DER, or with a byte too many', async (issuer) => {
    const [head, payload, signature] = await parts(issuer);
    return `${head}.${payload}.${Buffer.concat([Buffer.from([0x30]), Buffer.from(signature, 'base64url')]).toString('base64url')}`;
  }),

  text('signature cut', async (issuer) => (await issuer.mint()).slice(0, -10)),
  text('signature removed', async (issuer) => (await parts(issuer)).slice(0, 2).join('.')),
  text('signature empty', async (issuer) => `${(await parts(issuer)).slice(0, 2).join('.')}.`),
  text('one letter of the payload changed', async (issuer) => {
    const [head, payload, signature] = await parts(issuer);
    return `${head}.${encode({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'agent-2' })}.${signature}`;
  }),
  text('four parts', async (issuer) => `${await issuer.mint()}.AAAA`),
  text('five parts (JWE)', async () => 'e30.e30.e30.e30.e30'),
  text('JSON serialisation', async (issuer) => JSON.stringify({ protected: (await parts(issuer))[0] })),
  text('padding in base64', async (issuer) => (await issuer.mint()).replace('.', '=.')),
  text('standard base64 letters', async (issuer) => `${await issuer.mint()}+/`),
  text('header an array', async (issuer) => `${encode(['RS256'])}.${(await parts(issuer)).slice(1).join('.')}`),
  text('payload an array', async (issuer) => `${(await parts(issuer))[0]}.${encode([1])}.AAAA`),
  text('header not JSON', async (issuer) => `${encode('RS256')}.${(await parts(issuer)).slice(1).join('.')}`),
  text(
    'header not UTF-8',
    async (issuer) => `${Buffer.from([0xff, 0xfe, 0x7b]).toString('base64url')}.${(await parts(issuer)).slice(1).join('.')}`,
  ),
  text('empty', () => '...'),
  text('an opaque token', () => 'ya29.a0AfH6SMBx'),
  text('a token too long', () => `${'a'.repeat(8_000)}.${'b'.repeat(8_000)}.${'c'.repeat(8_000)}`),
];
