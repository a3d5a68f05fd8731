import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../fixtures/free-port.ts';
import { type PeopleIssuer, startPeopleIssuer } from '../../fixtures/people-issuer.ts';
import { newCertificate, type SamlProviderFixture, startSamlProvider } from '../../fixtures/saml-provider.ts';
import { startTestGateway, type TestGateway } from './start-test-gateway.ts';

export type PeopleGateway = {
  readonly gateway: TestGateway;
  readonly url: string;
  readonly oidc: PeopleIssuer;
  readonly saml: SamlProviderFixture;
  /** In Google's place, where people authorise their own account; there when asked for. */
  readonly google: PeopleIssuer | undefined;
  /** The certificate that SAML assertions may be encrypted for. */
  readonly encryptionCertificate: string;
  close(): Promise<void>;
};

/** A whole gateway with a console, and a real provider of each kind where people sign in. */
export async function startPeople(
  options: { readonly policy?: string; readonly settings?: string; readonly perUser?: boolean } = {},
): Promise<PeopleGateway> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const own = `${url}/console/saml/acme`;
  const google = options.perUser ? await startPeopleIssuer({ redirectUris: [`${url}/console/accounts/main/callback`] }) : undefined;
  const [oidc, saml] = await Promise.all([
    startPeopleIssuer({ redirectUris: [`${url}/console/oidc/corp/callback`], signedOutUris: [`${url}/console/signed-out`] }),
    startSamlProvider({ assertionUrl: `${own}/acs`, audience: own }),
  ]);
  const files = mkdtempSync(join(tmpdir(), 'steno-people-'));
  writeFileSync(join(files, 'secret'), oidc.clientSecret);
  writeFileSync(join(files, 'idp.pem'), saml.certificatePem);
  const decryption = await newCertificate();
  writeFileSync(join(files, 'decryption.key'), decryption.privateKeyPem);
  writeFileSync(join(files, 'decryption.pem'), decryption.certificatePem);
  const credentials =
    google &&
    `{ perUser: { issuer: '${google.issuer}', clientId: ${google.clientId}, clientSecretFile: ${files}/secret, scopes: [openid, email, offline_access] } }`;
  const config = `
publicUrl: ${url}
people:
  oidc: [{ name: corp, title: Corp, issuer: '${oidc.issuer}', clientId: ${oidc.clientId}, clientSecretFile: ${files}/secret }]
  saml: [{ name: acme, title: Acme, entityId: '${saml.entityId}', signInUrl: '${saml.signInUrl}', signOutUrl: '${saml.signOutUrl}', certificateFiles: ${files}/idp.pem, decryption: { keyFile: ${files}/decryption.key, certificateFile: ${files}/decryption.pem } }]
  ${options.settings ?? ''}
`;
  const gateway = await startTestGateway({
    port,
    config,
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  return {
    gateway,
    url,
    oidc,
    saml,
    google,
    encryptionCertificate: decryption.certificatePem,
    async close() {
      await Promise.all([gateway.close(), oidc.close(), saml.close(), google?.close()]);
      rmSync(files, { recursive: true });
    },
  };
}
