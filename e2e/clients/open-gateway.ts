import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { startIssuer } from '../../fixtures/issuer.ts';
import { initCertificateAuthority } from '../../gateway/doors/certificate-authority.ts';
import { startGateway } from '../../gateway/main.ts';

export type OpenGateway = {
  readonly url: string;
  readonly proxyUrl: string;
  /** The system's roots and the gateway's CA in one file: most clients' variables replace the store. */
  readonly certificates: string;
  /** The agent's OIDC token. */
  readonly token: string;
  close(): Promise<void>;
};

const audience = 'https://gateway.test';

/** The whole gateway before `upstream`, with an identity provider of its own; the agent is in the group `clients`. */
export async function openGateway(setup: {
  readonly directory: string;
  readonly project: string;
  readonly policy: string;
  readonly upstream: string;
}): Promise<OpenGateway> {
  const { directory } = setup;
  const issuer = await startIssuer();
  await initCertificateAuthority(join(directory, 'ca'), ['googleapis.com']);
  mkdirSync(join(directory, 'policy'));
  writeFileSync(join(directory, 'policy/clients.cedar'), setup.policy);
  writeFileSync(join(directory, 'steno.yaml'), configOf(setup, issuer.issuer));
  const gateway = await startGateway(join(directory, 'steno.yaml'));
  const certificates = join(directory, 'roots.pem');
  writeFileSync(certificates, [...rootCertificates, readFileSync(join(directory, 'ca/ca.crt'), 'utf8')].join('\n'));
  return {
    url: gateway.url,
    proxyUrl: gateway.proxyUrl!,
    certificates,
    token: await issuer.mint({ subject: 'foreign-client', audience, claims: { groups: ['clients'], email: 'client@gateway.test' } }),
    async close() {
      await gateway.close();
      await issuer.close();
    },
  };
}

/** `*`: clients also read Google's public projects. */
const configOf = ({ upstream }: { readonly upstream: string }, issuer: string): string => `
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
proxy: { listen: 127.0.0.1:0, certificateAuthority: ./ca }
dataDirectory: ./data
log: { level: error }
policy: { directory: ./policy }
issuers: [{ issuer: '${issuer}', audience: '${audience}' }]
connections: [{ name: sandbox, projects: ['*'], endpoint: '${upstream}', credentials: none }]
`;
