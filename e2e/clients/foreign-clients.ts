import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Action } from './actions.ts';
import { cacheFolder } from './install-packages.ts';

export type ForeignClient = {
  readonly name: string;
  /** Program and arguments of one action; a table name is the client's own. */
  readonly command: (action: Action) => readonly [program: string, ...args: string[]];
  /** Actions the client has no call for, or that it does another way. */
  readonly cannot: Partial<Readonly<Record<Action, string>>>;
  /** No variable names another host to it. */
  readonly needsProxy?: boolean;
  /** Set where the client is not on this machine. */
  readonly missing?: string;
};

const drivers = join(import.meta.dirname, 'drivers');

/** All clients of the matrix, in the order of its rows. `packages` is where npm's are. */
export const foreignClients = (packages: string): readonly ForeignClient[] => [
  ...['@google-cloud/bigquery-7', '@google-cloud/bigquery-8', '@google-cloud/bigquery'].map((each) =>
    npmClient(packages, 'node-bigquery', each, {}),
  ),
  npmClient(packages, 'cube', '@cubejs-backend/bigquery-driver', { dryRun: noCall, load: noCall, cancel: noCall }),
  npmClient(packages, 'kysely', '@maktouch/kysely-bigquery', { dryRun: noCall, load: noCall, cancel: noCall }),
  { ...npmClient(packages, 'storage-read', '@google-cloud/bigquery-storage', onlyDenied), needsProxy: true },
  bqClient(),
  goClient(),
  debianClient('Python googleapiclient', 'python3-googleapi', ['/usr/bin/python3', join(drivers, 'python-api-client.py')], 'python'),
  debianClient('Ruby google-api-client', 'ruby-google-api-client', ['/usr/bin/ruby', join(drivers, 'ruby-api-client.rb')], 'ruby'),
  pythonClient,
];

const noCall = 'the client has no such call';
const otherActions = ['query', 'parameters', 'paging', 'dml', 'dryRun', 'list', 'load', 'sqlError', 'wait', 'cancel'] as const;
const onlyDenied = Object.fromEntries(otherActions.map((action) => [action, 'reads tables over gRPC only']));

function npmClient(packages: string, driver: string, packageName: string, cannot: ForeignClient['cannot']): ForeignClient {
  const { name, version } = JSON.parse(readFileSync(join(packages, 'node_modules', packageName, 'package.json'), 'utf8'));
  const table = toTableName(`${name} ${version}`);
  return {
    name: `${name} ${version}`,
    command: (action) => [process.execPath, join(drivers, `${driver}.mjs`), action, packageName, table],
    cannot,
  };
}

const toTableName = (name: string): string => name.replaceAll(/\W+/g, '_');

function bqClient(): ForeignClient {
  const program = '/usr/bin/bq';
  const isThere = existsSync(program);
  const version = isThere
    ? /[\d.]+\s*$/.exec(spawnSync(program, ['version'], { encoding: 'utf8', timeout: 60_000 }).stdout)?.[0].trim()
    : '';
  return {
    name: `bq ${version}`.trim(),
    command: (action) => [process.execPath, join(drivers, 'bq.mjs'), action, program, 'bq'],
    cannot: {},
    ...(isThere ? {} : { missing: 'no /usr/bin/bq: the Google Cloud CLI is in neither Debian nor npm' }),
  };
}

/** Compiled once per change of its source, against Debian's copies of Google's packages. */
function goClient(): ForeignClient {
  const program = join(cacheFolder, 'go-client');
  const sources = '/usr/share/gocode';
  const name = `Go cloud.google.com/go/bigquery${debianVersion('golang-google-cloud-dev')}`;
  const command = (action: Action) => [program, action, 'go'] as const;
  if (!existsSync(join(sources, 'src/cloud.google.com/go/bigquery')))
    return { name, command, cannot: {}, missing: 'no Go client: apt-get install golang-go golang-google-cloud-dev' };
  mkdirSync(cacheFolder, { recursive: true });
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: sources, GOCACHE: join(cacheFolder, 'go-build') };
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: join(drivers, 'go'), env, encoding: 'utf8', timeout: 600_000 });
  return { name, command, cannot: {}, ...(built.status === 0 ? {} : { missing: `go build failed: ${built.stderr ?? built.error}` }) };
}

/** An interpreter's client, which Debian has whole. */
function debianClient(name: string, packageName: string, program: readonly [string, string], table: string): ForeignClient {
  const version = debianVersion(packageName);
  return {
    name: `${name}${version}`,
    command: (action) => [...program, action, table],
    cannot: {},
    ...(version === '' ? { missing: `no ${name}: apt-get install ${packageName}` } : {}),
  };
}

/** With a space before it; empty where the package is not installed. */
function debianVersion(packageName: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in
  const { stdout } = spawnSync('dpkg-query', ['--show', '--showformat', '${db:Status-Status} ${Version}', packageName], {
    encoding: 'utf8',
  });
  const version = /^installed ([^-]+)/.exec(stdout ?? '')?.[1];
  return version === undefined ? '' : ` ${version}`;
}

const pythonClient: ForeignClient = {
  name: 'Python google-cloud-bigquery',
  command: () => ['python3'],
  cannot: {},
  missing: 'not in Debian, and this needs no other registry than npm and Debian; bq is made of the same libraries',
};
