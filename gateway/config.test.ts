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
    'connections[1].credentials: must be "none", or { serviceAccountKeyFile: PATH }',
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
