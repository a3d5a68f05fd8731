import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../fixtures/free-port.ts';
import { startTestIssuer, testAudience } from '../../../gateway/testing/test-issuer.ts';

export type SoakGateway = {
  readonly configPath: string;
  readonly dataDirectory: string;
  readonly port: number;
  readonly adminPort: number;
  /** Of two agents, good for an hour. */
  readonly tokens: readonly string[];
  close(): Promise<void>;
};

/** All that a gateway process needs: a configuration, an issuer, tokens. `more`: further lines of YAML. */
export async function prepareGateway(options: {
  upstream: string;
  dataDirectory?: string;
  more?: readonly string[];
  /** A second connection, for project `secure`. */
  secureUpstream?: string;
}): Promise<SoakGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'steno-soak-'));
  const issuer = await startTestIssuer();
  const [port, adminPort] = await Promise.all([freePort(), freePort()]);
  const dataDirectory = options.dataDirectory ?? join(directory, 'data');
  const configPath = join(directory, 'steno.yaml');
  mkdirSync(join(directory, 'policy'));
  writeFileSync(join(directory, 'policy', 'all.cedar'), '@id("all") permit (principal, action, resource);');
  writeFileSync(
    configPath,
    [
      `listen: 127.0.0.1:${port}`,
      `admin: { listen: 127.0.0.1:${adminPort} }`,
      `dataDirectory: ${dataDirectory}`,
      'policy: { directory: ./policy }',
      `issuers: [{ issuer: '${issuer.issuer}', audience: '${testAudience}' }]`,
      'connections:',
      `  - { name: main, projects: [acme], endpoint: '${options.upstream}', credentials: none }`,
      ...(options.secureUpstream === undefined
        ? []
        : [`  - { name: secure, projects: [secure], endpoint: '${options.secureUpstream}', credentials: none }`]),
      ...(options.more ?? []),
    ].join('\n'),
  );
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const tokens = await Promise.all(['agent-1', 'agent-2'].map((sub) => issuer.mint({ sub, exp })));
  return {
    configPath,
    dataDirectory,
    port,
    adminPort,
    tokens,
    async close() {
      await issuer.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
