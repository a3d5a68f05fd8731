import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';

const minimal = `
dataDirectory: ./data
policy: { directory: policy }
issuers: [{ issuer: 'https://issuer.example', audience: gw }]
connections: [{ name: main, projects: [acme], credentials: { serviceAccountKeyFile: keys/gw.json } }]
`;

test('a small configuration is complete with its defaults, and paths resolve from its folder', () => {
  const parsed = parseConfig(minimal, '/etc/steno');
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      listen: { host: '127.0.0.1', port: 8080 },
      admin: { listen: { host: '127.0.0.1', port: 8081 } },
      dataDirectory: '/etc/steno/data',
      policy: { directory: '/etc/steno/policy' },
      issuers: [{ audience: ['gw'], algorithms: ['RS256', 'ES256'], kind: 'agent', claims: { groups: 'groups' } }],
      connections: [{ endpoint: 'https://bigquery.googleapis.com', credentials: { serviceAccountKeyFile: '/etc/steno/keys/gw.json' } }],
      session: { idleMinutes: 30, maxHours: 12 },
    },
  });
});

test('every mistake is reported at once, with its place and the remedy', () => {
  const parsed = parseConfig(
    `
listen: nowhere
dataDirectory: ./data
issuers: [{ issuer: 'http://issuer.example', audience: gw, algorithms: [HS256], claim: {} }]
connections:
  - { name: main, projects: [acme], credentials: none }
  - { name: main, projects: [acme], credentials: secret }
polices: {}
`,
    '/',
  );
  expect(parsed.ok ? [] : parsed.error.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'listen: must be HOST:PORT, such as 127.0.0.1:8080',
    'issuers[0].issuer: must be https (http is accepted for loopback only): tokens and keys would travel in clear',
    expect.stringMatching(/^issuers\[0\]\.algorithms\[0\]: must be asymmetric: one of RS256/),
    'issuers[0].claim: is not a setting: remove it, or look for a typing mistake',
    'connections[1].credentials: must be "none", "applicationDefault", { serviceAccountKeyFile: PATH }, { credentialFile: PATH } of any type Google knows, { impersonate: { serviceAccount: EMAIL }, source: … }, or { perUser: { clientId: ID, clientSecretFile: PATH } }',
    'policy: is missing: give a value (object)',
    'polices: is not a setting: remove it, or look for a typing mistake',
  ]);
});

test('a value of the wrong type is not called missing', () => {
  expect(parseConfig(minimal.replace('./data', '5'), '/')).toMatchObject({
    error: [{ path: 'dataDirectory', message: 'must be of type string' }],
  });
});

test('what may stand once is named where it stands again', () => {
  const twice = minimal.replace('connections: [', "connections: [{ name: main, projects: ['*', acme], credentials: none }, ");
  expect(parseConfig(twice, '/')).toMatchObject({
    error: [
      { path: 'connections[1].name', message: '"main" is already at connections[0].name: each may stand once' },
      { path: 'connections[1].projects[0]', message: '"acme" is already at connections[0].projects[1]: each may stand once' },
    ],
  });
});

test('people can only authorise their own accounts where they can sign in', () => {
  const own = minimal.replace('{ serviceAccountKeyFile: keys/gw.json }', '{ perUser: { clientId: c, clientSecretFile: keys/secret } }');
  expect(parseConfig(own, '/')).toMatchObject({
    error: [{ path: 'connections[0].credentials.perUser', message: 'needs people: they authorise their account in the console' }],
  });
});

test('a YAML mistake is told by its line', () => {
  expect(parseConfig('a: [1\nb: }', '/')).toMatchObject({
    ok: false,
    error: [{ path: expect.stringMatching(/^line \d+$/) }, expect.anything()],
  });
});

test('duplicate keys are refused', () => {
  expect(parseConfig(`${minimal}dataDirectory: other\n`, '/')).toMatchObject({
    ok: false,
    error: [{ message: expect.stringContaining('unique') }],
  });
});

test('people: what is wrong with the ways to sign in is told with its place', () => {
  const mistakes = (people: string): string[] => {
    const parsed = parseConfig(`${minimal}people: ${people}\n`, '/etc/steno');
    return parsed.ok ? [] : parsed.error.map(({ path, message }) => `${path}: ${message}`);
  };
  const google = '{ name: google, issuer: https://accounts.google.com, clientId: c }';
  expect(mistakes('{}')).toEqual(['people: must name at least one way to sign in, under oidc or saml']);
  expect(mistakes(`{ oidc: [${google}] }`)).toEqual(['people: needs publicUrl: people are sent back to it after they signed in']);
  expect(
    mistakes(
      `{ oidc: [{ name: 'a b', issuer: 'http://idp.example', clientId: c, scopes: [email], algorithms: [HS256] }] }\npublicUrl: https://gw`,
    ),
  ).toEqual([
    'people.oidc[0].name: must be lower-case letters, digits and dashes: it stands in addresses',
    'people.oidc[0].issuer: must be an https address without user or fragment (http is accepted for loopback only)',
    'people.oidc[0].scopes: must contain openid',
    expect.stringMatching(/^people\.oidc\[0\]\.algorithms\[0\]: must be asymmetric/),
  ]);
  expect(
    mistakes(
      `{ oidc: [${google}], saml: [{ name: google, entityId: idp, signInUrl: https://idp/sso?idpid=1, certificateFiles: idp.pem }] }\npublicUrl: https://gw`,
    ),
  ).toEqual(['people.saml[0].name: "google" is already at people.oidc[0].name: each may stand once']);
});

test('files of people and introspection resolve from the configuration; two issuers of opaque tokens must be told apart', () => {
  const opaque = (host: string): string =>
    `{ issuer: 'https://${host}', audience: gw, introspection: { clientId: gw, clientSecretFile: secrets/gw } }`;
  const withIssuers = (list: string): string => minimal.replace(/issuers: .*/, `issuers: [${list}]`);
  expect(parseConfig(withIssuers(opaque('a.example')), '/etc/steno')).toMatchObject({
    value: { issuers: [{ introspection: { clientSecretFile: '/etc/steno/secrets/gw', authentication: 'basic' } }] },
  });
  expect(parseConfig(withIssuers(`${opaque('a.example')}, ${opaque('b.example')}`), '/')).toMatchObject({
    error: [{ path: 'issuers[1].introspection.prefix', message: expect.stringContaining('which of the two') }],
  });
});

test('the examples of docs/identity.md are configurations', () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/identity.md'), 'utf8');
  const [issuers, people] = [...text.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);
  const rest = minimal.replace(/issuers: .*/, '');
  for (const example of [issuers, `${issuers}\n${people}`])
    expect(parseConfig(`${rest}\n${example}`, '/etc/steno')).toMatchObject({ ok: true });
});
