import type { Doors } from '../../doors/describe-doors.ts';

export type DoorName = 'direct' | 'proxy' | 'universe';
export type Shell = 'sh' | 'fish' | 'powershell';

export type EnvChoice = {
  readonly door: DoorName;
  readonly credentialFile?: string | undefined;
  readonly project?: string | undefined;
  /** Path of the roots clients shall trust: the system's and the gateway's CA in one PEM. */
  readonly rootsFile?: string | undefined;
};

export type Variable = { readonly name: string; readonly value: string; readonly for: string };

export const doorNames = ['direct', 'proxy', 'universe'] as const satisfies readonly DoorName[];

export const offers = (doors: Doors, door: DoorName): boolean => doors[door] !== undefined;

/** What a client's surroundings must hold to go through `door`; each variable with those who read it. */
export function toVariables(doors: Doors, { door, credentialFile, project, rootsFile }: EnvChoice): readonly Variable[] {
  return [
    ...toDoor(doors, door),
    ...(credentialFile === undefined ? [] : toCredential(credentialFile)),
    ...(project === undefined
      ? []
      : [
          { name: 'GOOGLE_CLOUD_PROJECT', value: project, for: 'client libraries' },
          { name: 'CLOUDSDK_CORE_PROJECT', value: project, for: 'bq, gcloud' },
        ]),
    ...(rootsFile === undefined ? [] : toRoots(rootsFile)),
  ];
}

function toDoor({ direct, proxy = '', universe = '' }: Doors, door: DoorName): readonly Variable[] {
  if (door === 'proxy')
    return [
      { name: 'HTTPS_PROXY', value: proxy, for: 'Node, Python, Go, Java, bq' },
      { name: 'https_proxy', value: proxy, for: 'curl, gRPC' },
    ];
  if (door === 'universe')
    return [
      { name: 'GOOGLE_CLOUD_UNIVERSE_DOMAIN', value: universe, for: 'Python, newer Go and Node' },
      { name: 'CLOUDSDK_CORE_UNIVERSE_DOMAIN', value: universe, for: 'bq, gcloud' },
    ];
  return [
    { name: 'BIGQUERY_EMULATOR_HOST', value: direct, for: 'Node, Python' },
    { name: 'CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY', value: `${direct}/`, for: 'bq' },
  ];
}

const toCredential = (file: string): readonly Variable[] => [
  { name: 'GOOGLE_APPLICATION_CREDENTIALS', value: file, for: 'client libraries' },
  { name: 'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE', value: file, for: 'bq, gcloud' },
];

/** Each of them replaces the store, but for Node's, which adds to it. */
const toRoots = (file: string): readonly Variable[] =>
  (
    [
      ['NODE_EXTRA_CA_CERTS', 'Node'],
      ['REQUESTS_CA_BUNDLE', 'Python'],
      ['SSL_CERT_FILE', 'Go, Python, OpenSSL'],
      ['GRPC_DEFAULT_SSL_ROOTS_FILE_PATH', 'gRPC'],
      ['CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE', 'bq, gcloud'],
      ['HTTPLIB2_CA_CERTS', "Python's googleapiclient"],
      ['CURL_CA_BUNDLE', 'curl'],
    ] as const
  ).map(([name, readers]) => ({ name, value: file, for: readers }));

/** The block for a shell, one variable a line, each with its readers as a comment. */
export const toShellBlock = (variables: readonly Variable[], shell: Shell): string =>
  variables.map((each) => `${assignments[shell](each.name, each.value)}  # ${each.for}`).join('\n');

const assignments: Readonly<Record<Shell, (name: string, value: string) => string>> = {
  sh: (name, value) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  fish: (name, value) => `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
  powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
};
