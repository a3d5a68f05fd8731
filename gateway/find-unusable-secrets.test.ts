import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSamlProvider } from '../fixtures/saml-provider.ts';
import { parseConfig } from './config.ts';
import { findUnusableSecrets } from './find-unusable-secrets.ts';

test('every file that cannot be used is named with its place and the remedy', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'steno-secrets-'));
  const provider = await startSamlProvider({ assertionUrl: 'http://127.0.0.1/acs', audience: 'x' });
  await provider.close();
  writeFileSync(join(directory, 'good'), 'secret');
  writeFileSync(join(directory, 'empty'), '\n');
  writeFileSync(join(directory, 'idp.pem'), provider.certificatePem);
  writeFileSync(join(directory, 'broken.pem'), 'MIIC');
  const parsed = parseConfig(
    `
dataDirectory: data
publicUrl: https://gw.example
policy: { directory: policy }
connections: [{ name: c, projects: ['*'], credentials: none }]
issuers: [{ issuer: 'https://i.example', audience: a, keys: { file: good }, introspection: { clientId: c, clientSecretFile: missing } }]
people:
  oidc:
    - { name: good, issuer: 'https://i.example', clientId: c, clientSecretFile: good }
    - { name: empty, issuer: 'https://j.example', clientId: c, clientSecretFile: empty }
  saml: [{ name: idp, entityId: e, signInUrl: 'https://idp.example/sso', certificateFiles: [idp.pem, broken.pem], signing: { keyFile: broken.pem, certificateFile: idp.pem } }]
`,
    directory,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  expect(await findUnusableSecrets(parsed.value)).toEqual([
    { path: 'issuers[0].introspection.clientSecretFile', message: expect.stringContaining('missing cannot be read (ENOENT)') },
    { path: 'issuers[0].keys.file', message: expect.stringContaining('is no JSON Web Key Set') },
    { path: 'people.oidc[1].clientSecretFile', message: 'the file is empty: write the secret into it' },
    { path: 'people.saml[0].certificateFiles[1]', message: expect.stringContaining('is no certificate') },
    { path: 'people.saml[0].signing.keyFile', message: expect.stringContaining('is no private key') },
  ]);
  rmSync(directory, { recursive: true });
});
