import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Issuer, startIssuer } from '../../fixtures/issuer.ts';
import { createSandbox, type Sandbox } from '../../shared/sandbox/create-sandbox.ts';
import { type GatewayProcess, isListening, spawnGateway } from '../testing/gateway-process.ts';
import { type AStorage, aStorage, type StoreKind, stores } from './testing/a-storage.ts';
import { countScanned, findPlanted } from './testing/find-planted.ts';

// From a query to its erasure: a real gateway, a real client, BigQuery's double behind it, and the command line as an officer types it.
const run = promisify(execFile);
const audience = 'https://gateway.test';
const root = join(import.meta.dirname, '../..');
const alice = { subject: 'alice-7719-liddell', email: 'alice.liddell@acme.test', name: 'Alice Pleasance Liddell' };
const bob = { subject: 'bob-4410', email: 'bob@acme.test', name: 'Bob' };
const secretSql = "SELECT email, city FROM `acme.shop.people` WHERE email = 'march.hare@tea.example'";
const planted = [alice.subject, alice.email, alice.name, 'march.hare@tea.example', 'Wonderland-upon-Thames'];

let directory: string;
let config: string;
let sandbox: Sandbox;
let issuer: Issuer;
let gateway: GatewayProcess;
let storage: AStorage;
let ports: { readonly main: number; readonly admin: number };

/** The folder tells all of it, buckets the first chapter. STENO_STORIES=all: every kind of bucket. */
const chapters: readonly StoreKind[] = process.env['STENO_STORIES'] === 'all' ? stores : ['a folder', 'a bucket in compliance mode'];

async function begin(kind: StoreKind): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), 'steno-story-'));
  mkdirSync(join(directory, 'policy'));
  writeFileSync(
    join(directory, 'policy', 'shop.cedar'),
    '@id("analysts") permit (principal in Group::"analysts", action, resource in Project::"acme");',
  );
  [sandbox, issuer] = await Promise.all([createSandbox(), startIssuer()]);
  storage = await aStorage(kind);
  const endpoint = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  ports = { main: await freePort(), admin: await freePort() };
  config = join(directory, 'steno.yaml');
  writeFileSync(
    config,
    `listen: 127.0.0.1:${ports.main}
admin: { listen: '127.0.0.1:${ports.admin}' }
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: '${issuer.issuer}', audience: '${audience}' }]
connections: [{ name: main, projects: [acme], endpoint: '${endpoint}', credentials: none }]
${storage.storage === undefined ? '' : `storage: ${JSON.stringify(storage.storage)}`}
retention: { default: 400d, rules: [{ name: sandbox, groups: [visitors], keep: 1s }] }
`,
  );
  gateway = spawnGateway(config);
  if (!(await isListening(gateway, ports.admin))) throw new Error(gateway.output());
  await as(bob, 'CREATE SCHEMA IF NOT EXISTS `acme.shop`').catch(() => undefined);
}
async function end(): Promise<void> {
  await gateway.stop();
  await Promise.all([sandbox.close(), issuer.close(), storage.close()]);
  rmSync(directory, { recursive: true, force: true });
}

async function as(who: typeof alice, sql: string, groups = ['analysts']): Promise<unknown> {
  const token = join(directory, `${who.subject}.jwt`);
  const { subject, ...claims } = who;
  writeFileSync(token, await issuer.mint({ subject, audience, claims: { ...claims, groups } }));
  const credentials = join(directory, `${who.subject}.json`);
  const url = `http://127.0.0.1:${ports.main}`;
  writeFileSync(
    credentials,
    JSON.stringify({
      type: 'external_account',
      audience: `//gateway.test/oidc/dev?session=of-${who.subject === alice.subject ? 'a' : who.subject}`,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      token_url: `${url}/v1/token`,
      token_info_url: `${url}/v1/introspect`,
      credential_source: { file: token },
      quota_project_id: 'acme',
    }),
  );
  const env = {
    PATH: process.env['PATH'],
    BIGQUERY_EMULATOR_HOST: url,
    GOOGLE_APPLICATION_CREDENTIALS: credentials,
    GOOGLE_CLOUD_PROJECT: 'acme',
  };
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'testing/ask-bigquery.ts'), sql], { env, timeout: 60_000 });
  return JSON.parse(stdout);
}

type Said = { readonly code: number; readonly text: string };
async function steno(...words: string[]): Promise<Said> {
  const env = { ...process.env, XDG_CONFIG_HOME: join(directory, 'home'), USER: 'jo' };
  const needsConfig = !['verify', 'pin'].includes(words[0]!) && !words.includes('-o');
  const all = [join(root, 'steno.ts'), ...words, ...(needsConfig || words[0] === 'export' ? ['--config', config] : [])];
  try {
    const { stdout } = await run(process.execPath, all, { env, cwd: directory, timeout: 120_000 });
    return { code: 0, text: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const receiptIn = (text: string): string => /receipt {3}(\S+)/.exec(text)![1]!;

describe.each(chapters)('in %s', (kind) => {
  beforeAll(() => begin(kind), 120_000);
  afterAll(() => end());

  test('from a query to its erasure', { timeout: 480_000 }, async () => {
    await as(bob, 'CREATE TABLE `acme.shop.people` (email STRING, city STRING)');
    await as(
      bob,
      "INSERT INTO `acme.shop.people` VALUES ('march.hare@tea.example', 'Wonderland-upon-Thames'), ('dormouse@tea.example', 'Oxford')",
    );
    await steno('close', 'of-bob-4410');
    expect(await as(bob, 'SELECT COUNT(*) AS n FROM `acme.shop.people`')).toEqual([{ n: 2 }]);
    expect(await as(alice, secretSql)).toEqual([{ email: 'march.hare@tea.example', city: 'Wonderland-upon-Thames' }]);
    expect(await as(alice, 'SELECT city FROM `acme.shop.people` ORDER BY city')).toHaveLength(2);

    // Nothing can be taken out of a session that goes on.
    const early = await steno('redact', 'of-a', '--field', 'sql', '--exchange', '1');
    expect([early.code, early.text]).toEqual([2, expect.stringMatching(/still open; close it first: steno close/)]);
    await steno('close', 'of-a');
    await steno('close', 'of-bob-4410');

    // Did this value leave? It did; the other one did not.
    const found = await steno('find-value', 'Wonderland-upon-Thames', '--session', 'of-a');
    expect(found.code).toBe(0);
    expect(found.text).toMatch(/of-a .* exchange \d+ +column city +1 row/);
    expect((await steno('find-value', 'Looking-Glass House')).code).toBe(1);

    // What will be deleted, and when.
    expect((await steno('retention', 'preview')).text).toMatch(/Nothing would be deleted/);
    const preview = await steno('retention', 'preview', '--at', new Date(Date.now() + 401 * 86_400_000).toISOString());
    expect(preview.text).toMatch(/default \(400d\) +of-a/);

    // A hold wins over everything.
    const placed = await steno(
      'hold',
      'place',
      'Knave of Hearts',
      '--issuer',
      issuer.issuer,
      '--subject',
      alice.subject,
      '--reason',
      'tarts',
    );
    expect(placed.text).toContain('1 sealed recordings are held now');
    const refused = await steno('erase', '--subject', issuer.issuer, alice.subject, '--reason', 'article 17');
    expect([refused.code, refused.text]).toEqual([2, expect.stringContaining('under the hold "Knave of Hearts"')]);
    expect((await steno('redact', 'of-a', '--field', 'sql')).text).toContain('under the hold "Knave of Hearts"');
    expect((await steno('hold', 'list')).text).toContain('Knave of Hearts');
    const lifted = await steno('hold', 'lift', 'Knave of Hearts', '--reason', 'verdict');
    expect((await steno('verify', receiptIn(lifted.text))).text).toContain('hold lifted');

    // What it would take, told without taking it.
    const foreseen = await steno('erase', '--subject', issuer.issuer, alice.subject, '--reason', 'article 17', '--dry-run', '--json');
    expect([foreseen.code, JSON.parse(foreseen.text)]).toMatchObject([0, { recordings: [{ name: 'of-a' }], open: [], heldBy: [] }]);
    expect((await steno('redact', 'of-a', '--field', 'sql', '--dry-run')).text).toMatch(/^Nothing was changed\. \d+ values/);
    const history = (await steno('receipts', '--kind', 'hold')).text;
    expect(history).toMatch(/hold placed .*by jo .*\(tarts\)/);
    expect(history).toMatch(/hold lifted .*by jo .*\(verdict\)/);

    // A column goes; the rest still proves what it proved.
    const exchange = /exchange (\d+)/.exec(found.text)![1]!;
    const redacted = await steno('redact', 'of-a', '--column', 'city', '--exchange', exchange, '--reason', 'data minimisation');
    // Revision 2 is without the column, 3 is the same under a fresh key: the store keeps what it locked, and nobody can read that.
    expect(redacted.text).toMatch(/is at revision 3/);
    expect(redacted.text).toContain('their key is destroyed');
    const bundle = join(directory, 'a.wacz');
    expect((await steno('export', 'of-a', '-o', bundle)).code).toBe(0);
    for (const key of (await steno('keys')).text.match(/\S+\+[0-9a-f]{8}\+\S+/g) ?? []) await steno('pin', key);
    const verified = await steno('verify', bundle);
    expect(verified.text).toContain('redacted, committed at: city');
    expect(verified.text).not.toContain('NOT SOUND');
    expect((await steno('verify', receiptIn(redacted.text))).code).toBe(0);

    // The bundle that left can lose more, in the hands of whoever has it.
    const smaller = join(directory, 'smaller.wacz');
    expect((await steno('redact', bundle, '-o', smaller, '--field', 'identity', '--field', 'sql', '--column', 'email')).code).toBe(0);
    expect((await steno('verify', smaller)).text).not.toContain('NOT SOUND');
    expect(findPlanted([smaller], planted.slice(0, 4))).toEqual([]);
    rmSync(bundle);
    rmSync(smaller);

    // Then all of it goes.
    const data = join(directory, 'data');
    expect(findPlanted([data], planted).length).toBeGreaterThan(0);
    const erased = await steno('erase', '--subject', issuer.issuer, alice.subject, '--reason', 'article 17');
    expect(erased.text).toMatch(/^1 recordings of the subject can be read by nobody any more/);
    expect((await steno('verify', receiptIn(erased.text))).text).toContain('erasure');
    const left = findPlanted([data], planted.slice(0, 3));
    expect([left, countScanned([data]).files > 10]).toEqual([[], true]);
    const gone = await steno('export', 'of-a', '-o', join(directory, 'gone.wacz'));
    expect([gone.code === 0, existsSync(join(directory, 'gone.wacz'))]).toEqual([false, false]);
    expect(gone.text).toContain('was erased');

    // Bob's is as it was, and the gateway goes on.
    expect((await steno('export', 'of-bob-4410', '-o', join(directory, 'b.wacz'))).code).toBe(0);
    expect((await steno('verify', join(directory, 'b.wacz'))).text).not.toContain('NOT SOUND');
    expect(await as(bob, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test.runIf(kind === 'a folder')(
    'what may be kept for a second is gone after it, and its receipt says so',
    { timeout: 240_000 },
    async () => {
      const visitor = { ...bob, subject: 'visitor-1' };
      await as(visitor, 'SELECT 1 AS one', ['visitors', 'analysts']);
      expect((await steno('close', 'of-visitor-1')).text).toContain('Closed session');
      await steno('retention', 'preview');
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      const swept = await steno('retention', 'run', '--reason', 'the hour is full');
      expect(swept.text).toMatch(/1 recordings were deleted/);
      expect(swept.text).toMatch(/sandbox \(1s\) +of-visitor-1/);
      expect((await steno('sessions')).text).not.toContain('of-visitor-1');
      const receipt = /receipt (\S+)/.exec(swept.text)![1]!;
      expect((await steno('verify', receipt)).text).toContain('because   the hour is full');
    },
  );

  test.runIf(kind === 'a folder')('bad input is answered with what to do', { timeout: 240_000 }, async () => {
    const cases: [string[], RegExp][] = [
      [['retention', 'preview', '--at', 'tomorrow'], /--at tomorrow is no date: write a day such as 2027-01-31/],
      [['retention', 'preview', '--at', '2027-02-30'], /is no date/],
      [['hold', 'place', 'x'], /Say what the hold covers/],
      [['hold', 'place', 'x', '--subject', 'a'], /--issuer and --subject together/],
      [['hold', 'lift', 'nobody'], /No standing hold is called "nobody"/],
      [['redact', 'of-bob-4410'], /Say what to take out/],
      [['redact', 'of-bob-4410', '--body', 'request'], /--body needs --exchange/],
      [['redact', 'of-bob-4410', '--field', 'everything'], /--field takes sql, parameters, identity or header:NAME/],
      [['redact', 'nothing-here', '--field', 'sql'], /There is no session "nothing-here"/],
      [['erase', '--subject', 'https://nowhere.example', 'nobody', '--reason', 'x'], /Nothing is recorded of nobody/],
      [['erase', '--subject', 'only-one', '--reason', 'x'], /Write --subject ISSUER SUBJECT/],
      [['find-value'], /Give the value, or --file/],
      [['receipts', '--kind', 'all'], /--kind all is none: choose of retention, hold/],
    ];
    for (const [words, text] of cases) {
      const said = await steno(...words);
      expect([said.code, said.text], words.join(' ')).toEqual([2, expect.stringMatching(text)]);
    }
  });
});
