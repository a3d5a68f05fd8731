// The three doors, as clients without a line of ours would use them: HTTPS, CONNECT, and another domain in place of googleapis.com.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { freePort } from '../../fixtures/free-port.ts';
import { startIssuer } from '../../fixtures/issuer.ts';
import { initCertificateAuthority } from '../../gateway/doors/certificate-authority.ts';
import { type GatewayProcess, isListening, spawnGateway } from '../../gateway/testing/gateway-process.ts';

export const doorNames = ['direct TLS', 'CONNECT proxy', 'virtual host'] as const;
export type DoorName = (typeof doorNames)[number];

export type OpenDoors = {
  readonly process: GatewayProcess;
  readonly dataDirectory: string;
  readonly token: string;
  readonly adminPort: number;
  /** Where requests go, and a dispatcher that leads there; each one connects anew. */
  through(door: DoorName): { readonly origin: string; readonly dispatcher: Dispatcher };
  close(): Promise<void>;
};

export async function openDoors(directory: string, upstream: string, shutdownSeconds: number): Promise<OpenDoors> {
  const issuer = await startIssuer();
  const [port, proxyPort, adminPort] = [await freePort(), await freePort(), await freePort()];
  await initCertificateAuthority(join(directory, 'ca'), ['googleapis.com', 'gw.test', 'uni.test']);
  mkdirSync(join(directory, 'policy'));
  writeFileSync(join(directory, 'policy/all.cedar'), '@id("all") permit (principal, action, resource);');
  const configPath = join(directory, 'steno.yaml');
  writeFileSync(
    configPath,
    `
listen: 127.0.0.1:${port}
publicUrl: https://gw.test:${port}
tls: { certificateAuthority: ./ca }
admin: { listen: 127.0.0.1:${adminPort} }
proxy: { listen: 127.0.0.1:${proxyPort}, certificateAuthority: ./ca }
universe: { domain: uni.test }
shutdownSeconds: ${shutdownSeconds}
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: '${issuer.issuer}', audience: 'https://gw.test' }]
connections: [{ name: main, projects: [acme], endpoint: '${upstream}', credentials: none }]
`,
  );
  const process = spawnGateway(configPath);
  if (!(await isListening(process, proxyPort))) throw new Error(process.output());
  const ca = readFileSync(join(directory, 'ca/ca.crt'), 'utf8');
  const direct = (host: string) => ({
    origin: `https://${host}:${port}`,
    dispatcher: new Agent({ connect: { ca, lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) } }),
  });
  return {
    process,
    dataDirectory: join(directory, 'data'),
    token: await issuer.mint({ subject: 'agent', audience: 'https://gw.test' }),
    adminPort,
    through(door) {
      if (door === 'direct TLS') return direct('gw.test');
      if (door === 'virtual host') return direct('bigquery.uni.test');
      const dispatcher = new ProxyAgent({ uri: `http://127.0.0.1:${proxyPort}`, requestTls: { ca } });
      return { origin: 'https://bigquery.googleapis.com', dispatcher };
    },
    async close() {
      await process.kill();
      await issuer.close();
    },
  };
}
