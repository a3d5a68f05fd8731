import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { err, ok, type Result } from '../shared/base/result.ts';
import { resolveTimestamping, timestamping, witnesses } from './config-attestation.ts';
import { connection, httpUrl, perUserOf, resolveCredentials, secureUrl } from './config-connections.ts';
import { algorithms, namesOfProviders, people, resolvePeople, secureAddress, strings } from './config-people.ts';
import { recording } from './config-recording.ts';
import { findRetentionMistakes, retention } from './config-retention.ts';
import { resolveStorage, storage } from './config-storage.ts';

/** One mistake in the configuration: where (`issuers[0].audience`), what, and what to write instead. */
export type ConfigMistake = { readonly path: string; readonly message: string };

const address = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, 'must be HOST:PORT, such as 127.0.0.1:8080')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, 'the port must be at most 65535');

/** How opaque tokens of an issuer are looked up (RFC 7662). */
const introspection = z.strictObject({
  /** Named by the issuer's discovery document unless told. */
  endpoint: secureAddress.optional(),
  clientId: z.string().min(1),
  clientSecretFile: z.string().min(1),
  authentication: z.enum(['basic', 'post']).default('basic'),
  /** How tokens of this issuer begin, so that no other issuer is shown them. */
  prefix: strings.optional(),
});

const issuer = z.strictObject({
  issuer: secureUrl,
  audience: strings,
  algorithms,
  /** For issuers whose discovery document the gateway cannot read: its key set, as a file or at an address. */
  keys: z
    .union([z.strictObject({ file: z.string().min(1) }), z.strictObject({ url: secureAddress })], {
      error: 'must be { file: PATH } or { url: HTTPS ADDRESS }',
    })
    .optional(),
  introspection: introspection.optional(),
  kind: z.enum(['agent', 'person']).default('agent'),
  claims: z
    .strictObject({
      groups: z.string().min(1).default('groups'),
      session: z.string().min(1).optional(),
      email: z.string().min(1).default('email'),
      name: z.string().min(1).default('name'),
    })
    .prefault({}),
});

const limits = z.strictObject({
  requestBodyBytes: z
    .int()
    .min(1024)
    .default(16 * 2 ** 20),
  statementCharacters: z
    .int()
    .min(1024)
    .default(2 ** 20),
  rewrittenAnswerBytes: z
    .int()
    .min(1024)
    .default(64 * 2 ** 20),
  connectionsPerUpstream: z.int().min(1).default(128),
  /** An answer that stops for so long has ended; one that has not begun is waited for twice as long. */
  upstreamSilenceSeconds: z.int().min(1).max(3600).default(300),
  /** int64 as text; injected upstream as a second lock. */
  maximumBytesBilled: z
    .union([z.string().regex(/^\d{1,19}$/, 'must be a whole number of bytes'), z.int().min(0).transform(String)])
    .optional(),
});

const tls = z.union(
  [z.strictObject({ certificate: z.string().min(1), key: z.string().min(1) }), z.strictObject({ certificateAuthority: z.string().min(1) })],
  { error: 'must be { certificate: FILE, key: FILE }, or { certificateAuthority: FOLDER }' },
);

const domain = z.string().regex(/^(?=.{4,200}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a domain in lower case, such as bq.example.com');

const shape = z.strictObject({
  listen: address.default({ host: '127.0.0.1', port: 8080 }),
  /** Its TLS is of the same kinds as that of `listen`. */
  admin: z.strictObject({ listen: address.default({ host: '127.0.0.1', port: 8081 }), tls: tls.optional() }).prefault({}),
  /** For clients that cannot be told another endpoint: HTTPS_PROXY and our CA. */
  proxy: z
    .strictObject({
      listen: address,
      certificateAuthority: z.string().min(1),
      passThrough: z.array(z.string().min(1)).default([]),
      /** As clients reach it; the host of publicUrl and the port of `listen` unless told. */
      publicUrl: httpUrl.optional(),
    })
    .optional(),
  /** The gateway's own TLS on `listen`; files are read again when they change. */
  tls: tls.optional(),
  /** For clients that are told another domain in place of googleapis.com: bigquery.DOMAIN, sts.DOMAIN lead here. */
  universe: z.strictObject({ domain }).optional(),
  /** What clients see; without it the Host header is believed for links. */
  publicUrl: httpUrl.optional(),
  dataDirectory: z.string().min(1),
  /** Where sealed recordings are kept; the folder `store` of the data directory unless told. */
  storage: storage.optional(),
  /** RFC 3161: who says when a checkpoint was there. */
  timestamping: timestamping.optional(),
  /** C2SP witnesses: who say that the log only grew. */
  witnesses,
  /** The web console under /console, where people sign in. */
  people: people.optional(),
  /** What recordings keep beside what was delivered. */
  recording: recording.prefault({}),
  /** How long recordings are kept, and which without their content; for ever and whole unless told. */
  retention: retention.optional(),
  issuers: z.array(issuer).min(1, 'must name at least one issuer: without one nobody can sign in'),
  connections: z.array(connection).min(1, 'must name at least one connection to BigQuery'),
  policy: z.strictObject({ directory: z.string().min(1) }),
  /** Those that sign the gateway's own tokens; an hour is what a token lives. */
  tokenKeys: z.strictObject({ rotateDays: z.number().min(0.1).max(3650).default(30) }).prefault({}),
  /** How long what is under way may take once the gateway is told to end; the rest is cut off, and recorded so. */
  shutdownSeconds: z.number().min(0).max(3600).default(25),
  session: z.strictObject({ idleMinutes: z.number().positive().default(30), maxHours: z.number().positive().default(12) }).prefault({}),
  limits: limits.prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
  /** OpenTelemetry: spans go to this collector, by OTLP over HTTP. */
  telemetry: z
    .strictObject({
      tracesEndpoint: httpUrl,
      sampleRatio: z.number().min(0).max(1).default(1),
      serviceName: z.string().min(1).default('steno-gateway'),
    })
    .optional(),
});

export type Config = z.output<typeof shape>;
export type IssuerConfig = Config['issuers'][number];
export type { Connection } from './config-connections.ts';

/** Reads the whole configuration and reports every mistake at once. Relative paths resolve from the file's folder. */
export async function loadConfig(path: string): Promise<Result<Config, readonly ConfigMistake[]>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return err([
      { path, message: `cannot be read (${(error as NodeJS.ErrnoException).code}): give the path of a YAML file with --config` },
    ]);
  }
  return parseConfig(text, dirname(resolve(path)));
}

export function parseConfig(text: string, baseDirectory: string): Result<Config, readonly ConfigMistake[]> {
  const document = parseDocument(text, { uniqueKeys: true });
  const syntax = document.errors.map((each) => ({ path: `line ${each.linePos?.[0].line ?? '?'}`, message: each.message.split('\n')[0]! }));
  if (syntax.length > 0) return err(syntax);
  const parsed = shape.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (!parsed.success) return err(parsed.error.issues.flatMap(toMistakes));
  const config = resolvePaths(parsed.data, baseDirectory);
  const mistakes = findContradictions(config);
  return mistakes.length > 0 ? err(mistakes) : ok(config);
}

function toMistakes(issue: z.core.$ZodIssue): ConfigMistake[] {
  const path = toPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: toPath([...issue.path, key]),
      message: 'is not a setting: remove it, or look for a typing mistake',
    }));
  }
  return [{ path: path === '' ? '(file)' : path, message: toMessage(issue) }];
}

function toMessage(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message;
  return issue.input === undefined ? `is missing: give a value (${issue.expected})` : `must be of type ${issue.expected}`;
}

const toPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, each) => (typeof each === 'number' ? `${text}[${each}]` : text === '' ? String(each) : `${text}.${String(each)}`),
    '',
  );

function resolvePaths(config: Config, base: string): Config {
  return {
    ...config,
    dataDirectory: resolve(base, config.dataDirectory),
    ...(config.timestamping === undefined ? {} : { timestamping: resolveTimestamping(config.timestamping, base) }),
    ...(config.storage === undefined ? {} : { storage: resolveStorage(config.storage, base) }),
    policy: { directory: resolve(base, config.policy.directory) },
    ...(config.admin.tls === undefined ? {} : { admin: { ...config.admin, tls: resolveTls(config.admin.tls, base) } }),
    ...(config.tls === undefined ? {} : { tls: resolveTls(config.tls, base) }),
    ...(config.proxy === undefined
      ? {}
      : { proxy: { ...config.proxy, certificateAuthority: resolve(base, config.proxy.certificateAuthority) } }),
    issuers: config.issuers.map((each) => resolveIssuer(each, base)),
    ...(config.people === undefined ? {} : { people: resolvePeople(config.people, base) }),
    connections: config.connections.map((each) => ({ ...each, credentials: resolveCredentials(each.credentials, base) })),
  };
}

const resolveIssuer = ({ keys, introspection, ...issuer }: Config['issuers'][number], base: string): Config['issuers'][number] => ({
  ...issuer,
  ...(keys === undefined ? {} : { keys: 'file' in keys ? { file: resolve(base, keys.file) } : keys }),
  ...(introspection === undefined
    ? {}
    : { introspection: { ...introspection, clientSecretFile: resolve(base, introspection.clientSecretFile) } }),
});

const resolveTls = (settings: NonNullable<Config['tls']>, base: string): NonNullable<Config['tls']> =>
  'certificate' in settings
    ? { certificate: resolve(base, settings.certificate), key: resolve(base, settings.key) }
    : { certificateAuthority: resolve(base, settings.certificateAuthority) };

/** What each part alone cannot see. */
function findContradictions({
  issuers,
  connections,
  tls: ownTls,
  universe,
  publicUrl,
  people: ownPeople,
  retention,
  admin,
}: Config): ConfigMistake[] {
  return [
    ...findRetentionMistakes(
      retention,
      connections.map((each) => each.name),
    ),
    ...(ownPeople !== undefined && publicUrl === undefined
      ? [{ path: 'people', message: 'needs publicUrl: people are sent back to it after they signed in' }]
      : []),
    ...connections.flatMap((each, index) =>
      ownPeople === undefined && perUserOf(each) !== undefined
        ? [{ path: `connections[${index}].credentials.perUser`, message: 'needs people: they authorise their account in the console' }]
        : [],
    ),
    ...findRepeats(ownPeople === undefined ? [] : namesOfProviders(ownPeople)),
    ...findAmbiguousIntrospection(issuers),
    ...(universe !== undefined && ownTls === undefined && publicUrl === undefined
      ? [{ path: 'universe', message: 'needs TLS: set tls, or publicUrl to the https address of what ends TLS in front' }]
      : []),
    ...(
      [
        ['tls', ownTls],
        ['admin.tls', admin.tls],
      ] as const
    ).flatMap(([path, each]) =>
      each !== undefined && 'certificateAuthority' in each && publicUrl === undefined
        ? [{ path: `${path}.certificateAuthority`, message: 'needs publicUrl: its host is the name to vouch for' }]
        : [],
    ),
    ...findRepeats(issuers.map((each, index) => [each.issuer, `issuers[${index}].issuer`])),
    ...findRepeats(connections.map((each, index) => [each.name, `connections[${index}].name`])),
    ...findRepeats(
      connections.flatMap((each, index) => each.projects.map((project, at) => [project, `connections[${index}].projects[${at}]`] as const)),
    ),
  ];
}

/** An opaque token does not tell who issued it. */
function findAmbiguousIntrospection(issuers: Config['issuers']): ConfigMistake[] {
  const open = issuers.flatMap((each, index) =>
    each.introspection !== undefined && each.introspection.prefix === undefined ? [`issuers[${index}].introspection.prefix`] : [],
  );
  const message = `is missing, as it is at ${open[0]}: an opaque token does not tell which of the two issued it`;
  return open.slice(1).map((path) => ({ path, message }));
}

function findRepeats(entries: readonly (readonly [value: string, path: string])[]): ConfigMistake[] {
  const seen = new Map<string, string>();
  return entries.flatMap(([value, path]) => {
    const first = seen.get(value);
    if (first === undefined) seen.set(value, path);
    return first === undefined ? [] : [{ path, message: `"${value}" is already at ${first}: each may stand once` }];
  });
}
