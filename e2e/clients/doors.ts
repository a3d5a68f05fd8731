// The ways a client gets to BigQuery: nothing but environment variables tells it which.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxOptions } from '../../shared/sandbox/create-sandbox.ts';
import { openGateway } from './open-gateway.ts';
import { type CountedSandbox, openSandbox } from './open-sandbox.ts';

export const doorNames = ['direct-sandbox', 'gateway', 'proxy'] as const;
export type DoorName = (typeof doorNames)[number];

export type Door = CountedSandbox & {
  /** What a client's process has in its environment, beside PATH and HOME. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

export type DoorOptions = {
  readonly project: string;
  readonly sandbox: SandboxOptions;
  /** Cedar, for the gateway. */
  readonly policy: string;
};

export async function openDoor(name: DoorName, { project, sandbox: options, policy }: DoorOptions): Promise<Door> {
  const directory = mkdtempSync(join(tmpdir(), 'steno-clients-'));
  const upstream = await openSandbox(options);
  const gateway = name === 'direct-sandbox' ? undefined : await openGateway({ directory, project, policy, upstream: upstream.url });
  const token = gateway?.token ?? 'any';
  const url = gateway?.url ?? upstream.url;
  const environment = {
    GOOGLE_CLOUD_PROJECT: project,
    CLOUDSDK_CORE_PROJECT: project,
    CLOUDSDK_CONFIG: join(directory, 'gcloud'),
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    ...writeCredential(directory, project, name === 'proxy' ? 'https://sts.googleapis.com' : url, token),
    ...(name === 'proxy' ? proxyVariables(gateway!) : { BIGQUERY_EMULATOR_HOST: url, CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY: `${url}/` }),
  };
  return {
    ...upstream,
    environment,
    async close() {
      await gateway?.close();
      await upstream.sandbox.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The client exchanges the OIDC token in a file (RFC 8693); bq and Go take the token itself. */
function writeCredential(directory: string, project: string, tokenHost: string, token: string): Readonly<Record<string, string>> {
  const [tokenFile, credentialFile] = [join(directory, 'oidc.jwt'), join(directory, 'credential.json')];
  writeFileSync(tokenFile, token);
  writeFileSync(
    credentialFile,
    JSON.stringify({
      type: 'external_account',
      audience: '//gateway.test/oidc/clients?session=matrix',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      token_url: `${tokenHost}/v1/token`,
      token_info_url: `${tokenHost}/v1/introspect`,
      credential_source: { file: tokenFile },
      quota_project_id: project,
    }),
  );
  return { GOOGLE_APPLICATION_CREDENTIALS: credentialFile, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: tokenFile, ACCESS_TOKEN: token };
}

function proxyVariables({
  proxyUrl,
  certificates,
}: {
  readonly proxyUrl: string;
  readonly certificates: string;
}): Readonly<Record<string, string>> {
  const names = [
    'REQUESTS_CA_BUNDLE',
    'SSL_CERT_FILE',
    'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
    'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
    'NODE_EXTRA_CA_CERTS',
    'HTTPLIB2_CA_CERTS',
  ];
  return {
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    grpc_proxy: proxyUrl,
    NO_PROXY: 'localhost,127.0.0.1',
    ...Object.fromEntries(names.map((each) => [each, certificates])),
  };
}
