#!/usr/bin/env node
// The command line. Each command loads only what it needs, so that `steno verify` never waits for a gateway.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { Command } from 'commander';
import type { EnvOptions } from './gateway/commands/env/print-env.ts';
import type { ExportCommand } from './gateway/commands/export-bundle.ts';
import type { EraseOptions } from './gateway/commands/lifecycle/erase.ts';
import type { FindValueOptions } from './gateway/commands/lifecycle/find-value.ts';
import type { PlaceOptions } from './gateway/commands/lifecycle/hold.ts';
import type { RedactOptions } from './gateway/commands/lifecycle/redact.ts';
import type { MetadataOptions } from './gateway/commands/metadata.ts';
import type { RotateOptions } from './gateway/commands/rotate-keys.ts';
import type { TokenSourceOptions } from './gateway/commands/token-source.ts';
import type { VerifyCommand } from './shared/bundle/run-verify.ts';

// Hundreds of files of TypeScript are read the first time only.
enableCompileCache(join(import.meta.dirname, 'node_modules/.cache/steno'));

// libuv looks when its pool is first used, which is before the sandbox is loaded: this many of its statements can have a thread of their own.
if (['sandbox', 'replay', 'demo'].includes(process.argv[2] ?? '')) process.env['UV_THREADPOOL_SIZE'] ??= '32';

const program = new Command('steno')
  .description('Records what agents do in BigQuery, and lets an investigator prove and replay it')
  .version('0.1.0')
  .showHelpAfterError('(steno --help lists the commands)')
  // `keys` and `keys rotate` both take --config.
  .enablePositionalOptions()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('gateway')
  .description('run the recording gateway')
  .requiredOption('--config <file>', 'steno.yaml')
  .action(async (options: { config: string }) => (await import('./gateway/commands/run-gateway.ts')).runGateway(options.config));

program
  .command('sessions')
  .description('list the recorded sessions')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--json', 'as JSON')
  .action(async (options: { config: string; json?: true }) => (await import('./gateway/commands/show-sessions.ts')).showSessions(options));

program
  .command('close')
  .argument('<session>', 'id or name of an open session')
  .description('close a session of the running gateway, so that it can be exported')
  .requiredOption('--config <file>', 'steno.yaml')
  .action(async (session: string, options: { config: string }) =>
    (await import('./gateway/commands/close-session.ts')).closeSession(session, options.config),
  );

program
  .command('export')
  .argument('<session>', "id or name of a session, or 'latest'")
  .description('write a session as a bundle')
  .requiredOption('--config <file>', 'steno.yaml')
  .requiredOption('-o, --output <file>', 'the bundle, FILE.wacz')
  .option('--by <person>', 'who exports; recorded in the bundle', process.env['USER'] ?? 'unknown')
  .option('--reason <text>', 'why; recorded in the bundle')
  .option('--snapshot', 'export a session that is still open, as far as it is recorded')
  .option('--recipient <keys...>', 'encrypt to age recipients (age1…), as FILE.wacz.age; may be repeated')
  .option('--recipients-file <file>', 'encrypt to the age recipients of a file')
  .action(async (session: string, options: ExportCommand) =>
    (await import('./gateway/commands/export-bundle.ts')).exportBundle(session, options),
  );

const keys = program
  .command('keys')
  .enablePositionalOptions()
  .description("print the gateway's public keys, for investigators to pin; or rotate them, or write a trust root")
  .option('--config <file>', 'steno.yaml')
  .action(async (options: { config?: string }) => {
    if (options.config === undefined) throw new Error("error: required option '--config <file>' not specified");
    await (await import('./gateway/commands/show-keys.ts')).showKeys(options.config);
  });

const by = (command: Command): Command => command.option('--by <person>', 'who does it; recorded', process.env['USER'] ?? 'unknown');

by(keys.command('rotate'))
  .description('make a new signing key: a running gateway takes it within a second, one that is down at its next start')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--overlap-hours <hours>', 'how long the old key signs beside the new one before it is destroyed; 24 unless told', Number)
  .option('--reason <text>', 'why; recorded')
  .option('--json', 'as JSON')
  .action(async (options: RotateOptions) => (await import('./gateway/commands/rotate-keys.ts')).rotateKeys(options));

keys
  .command('trust-root')
  .description('write the keys of this gateway with the time they are valid, for `steno verify --trust`; what the file says already stays')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('-o, --output <file>', 'the file', 'trust.json')
  .action(async (options: { config: string; output: string }) =>
    (await import('./gateway/commands/write-trust-root.ts')).writeTrustRoot(options),
  );

program
  .command('token-keys')
  .description('the keys of the tokens that the gateway itself issues; they change by themselves (tokenKeys.rotateDays)')
  .command('rotate')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--end-old', 'after a leak: at once, and every token issued before ends')
  .description('have the running gateway change its key now')
  .action(async (options: { config: string; endOld?: true }) =>
    (await import('./gateway/commands/rotate-token-keys.ts')).rotateTokenKeys(options.config, options.endOld === true),
  );

program
  .command('coverage')
  .description('write the part of the log that shows what was recorded between two instants, for `steno verify`')
  .requiredOption('--config <file>', 'steno.yaml')
  .requiredOption('--from <instant>', 'such as 2026-03-01T00:00:00Z')
  .requiredOption('--to <instant>', 'such as 2026-03-02T00:00:00Z')
  .requiredOption('-o, --output <file>', 'the window, FILE.json')
  .action(async (options: { config: string; from: string; to: string; output: string }) =>
    (await import('./gateway/commands/write-coverage.ts')).writeCoverage(options),
  );

program
  .command('fsck')
  .argument('<directory>', "the gateway's data directory")
  .description('check a journal, read-only: exit 0 sound, 1 a torn tail that a restart repairs, 2 damaged')
  .action(async (directory: string) => (await import('./gateway/commands/check-journal.ts')).checkJournal(directory));

const store = program.command('store').description('where sealed recordings are kept');

store
  .command('verify')
  .description('read every recording in the store and hold it against what was sealed: exit 0 all are whole, 1 not')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--json', 'as JSON, a line for each recording')
  .action(async (options: { config: string; json?: true }) =>
    (await import('./gateway/commands/verify-recordings.ts')).verifyRecordings(options),
  );

store
  .command('check')
  .description('prove the store from this machine, with objects that are deleted again: exit 0 it does all that is needed of it, 1 not')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--json', 'as JSON, a line for each check')
  .action(async (options: { config: string; json?: true }) => (await import('./gateway/commands/check-store.ts')).checkStoreOf(options));

program
  .command('ca')
  .description('the private CA of the proxy door and of TLS without certificate files')
  .command('init')
  .argument('<directory>', 'a new folder for its certificate and key')
  .option('--domain <names...>', 'vouch for these domains too: the host of publicUrl, universe.domain', [])
  .description('make a CA that can vouch for *.googleapis.com and the named domains only')
  .action(async (directory: string, options: { domain: string[] }) =>
    (await import('./gateway/commands/init-authority.ts')).initAuthority(directory, options.domain),
  );

program
  .command('env')
  .argument('<gateway>', "the gateway's address")
  .description('print the variables that lead a client through the gateway; or prove it')
  .option('--door <door>', 'direct (default), proxy or universe')
  .option('--credentials <file>', 'a credential file for GOOGLE_APPLICATION_CREDENTIALS')
  .option('--project <id>', 'the project clients work in')
  .option('--ca <file>', 'trust this CA for the question itself')
  .option('--roots <file>', "where to write the machine's roots and the gateway's CA; ~/.config/steno/roots.pem unless told")
  .option('--shell <shell>', 'sh, fish or powershell', 'sh')
  .option('--check', 'send a real client through each door: exit 1 when one fails')
  .action(async (gateway: string, options: EnvOptions) => (await import('./gateway/commands/env/print-env.ts')).printEnv(gateway, options));

const collect = (value: string, all: string[]): string[] => [...all, value];
const withTokenSource = (command: Command): Command =>
  command
    .option('--file <path>', 'the token stands in a file')
    .option('--url <address>', 'the token is what an address answers')
    .option('--header <line>', 'Name: value, sent to --url; may be repeated', collect, [])
    .option('--field <name>', 'the field of the JSON that --url answers')
    .option('--env <name>', 'the token stands in an environment variable')
    .option('--github', "the token of this GitHub Actions job; recognised by itself where the job's variables are set")
    .option('--audience <audience>', 'for --github: what the gateway expects in the token')
    .option('--login [issuer]', 'the token of who signed in with `steno login`');

withTokenSource(program.command('token'))
  .description("print a token as a credential file's executable source must")
  .option('--raw', 'the token alone')
  .action(async (options: TokenSourceOptions & { raw?: true }) => (await import('./gateway/commands/token.ts')).printToken(options));

program
  .command('login')
  .description('sign in at an identity provider, for `steno token --login`')
  .requiredOption('--issuer <address>', 'the identity provider')
  .requiredOption('--client-id <id>', 'a public (native) client there')
  .option('--scope <scopes>', 'what to ask for', 'openid email profile offline_access')
  .option('--device', 'with a code that is entered on another device')
  .action(async (options: { issuer: string; clientId: string; scope: string; device?: true }) =>
    (await import('./gateway/commands/token-login.ts')).logIn(options),
  );

program
  .command('logout')
  .argument('[issuer]', 'the identity provider, when there are several')
  .description('forget a login of `steno login`')
  .action(async (issuer?: string) => (await import('./gateway/commands/token-login.ts')).logOut(issuer));

withTokenSource(program.command('metadata'))
  .description("give machines without a credential file the gateway's tokens, as Compute Engine's metadata server would; loopback only")
  .requiredOption('--gateway <address>', 'the gateway')
  .requiredOption('--project <id>', 'the project clients should use')
  .option('--port <number>', 'port on 127.0.0.1; a free one unless told', Number, 0)
  .option('--session <name>', 'name of the recorded session')
  .option('--email <address>', 'what clients show as their account', 'agent@steno.invalid')
  .option('--universe <domain>', 'the universe domain clients are told', 'googleapis.com')
  .action(async (options: MetadataOptions) => (await import('./gateway/commands/metadata.ts')).runMetadata(options));

program
  .command('verify')
  .argument('<files...>', 'FILE.wacz; several, to see whether they are of one log; a receipt; a window of `steno coverage`')
  .description('check evidence: exit 0 sound and signed by a known key, 1 sound but the key is unknown or there are gaps, 2 not sound')
  .option('--key <vkey...>', 'accept this public key too, as `steno keys` prints it')
  .option('--identity <files...>', 'files with age identities, for FILE.wacz.age')
  .option('--trust <file>', 'trust.json: keys with their time, witnesses, time-stamping authorities')
  .option('--covers <instants...>', 'of a window: FROM TO, if not all of it')
  .option('--bundles <directory>', 'of a window: which of its sessions are missing among these bundles')
  .option('--json', 'as JSON')
  .action(async (files: string[], options: VerifyCommand) => (await import('./shared/bundle/run-verify.ts')).runVerify(files, options));

program
  .command('pin')
  .argument('<vkey>', 'a public key, as `steno keys` prints it')
  .argument('[comment...]', 'whose it is')
  .description('trust a signer from now on: its bundles verify with exit 0')
  .action(async (key: string, comment: string[]) => (await import('./shared/bundle/pinned-keys.ts')).pinKey(key, comment.join(' ')));

const retention = program.command('retention').description('how long recordings are kept');
retention
  .command('preview')
  .description('what would be deleted, when and by which rule, and what a hold keeps')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--at <date>', 'by then; now unless told')
  .option('--json', 'as JSON')
  .action(async (options: { config: string; at?: string; json?: true }) =>
    (await import('./gateway/commands/lifecycle/retention.ts')).previewRetention(options),
  );
by(retention.command('run'))
  .description('delete now what has expired; the running gateway does it by itself')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--reason <text>', 'why; recorded')
  .option('--json', 'as JSON')
  .action(async (options: { config: string; by: string; reason?: string; json?: true }) =>
    (await import('./gateway/commands/lifecycle/retention.ts')).runRetention(options),
  );

const hold = program.command('hold').description('legal holds: what they cover is not deleted, redacted or erased');
by(hold.command('place'))
  .argument('<name>', 'what people call it: a case, a matter')
  .description('place a hold; several criteria narrow it down')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--session <session>', 'id or name of a session')
  .option('--issuer <issuer>', 'of a principal, as in its token')
  .option('--subject <subject>', 'of a principal, as in its token')
  .option('--connection <name>', 'sessions that used this connection')
  .option('--from <date>', 'sessions under way from then')
  .option('--to <date>', 'sessions under way before then')
  .option('--reason <text>', 'why; recorded')
  .action(async (name: string, options: PlaceOptions) => (await import('./gateway/commands/lifecycle/hold.ts')).placeHold(name, options));
by(hold.command('lift'))
  .argument('<name>', 'name or id of a standing hold')
  .description('lift a hold')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--reason <text>', 'why; recorded')
  .action(async (name: string, options: { config: string; by: string; reason?: string }) =>
    (await import('./gateway/commands/lifecycle/hold.ts')).liftHold(name, options),
  );
hold
  .command('list')
  .description('the holds that stand')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--json', 'as JSON')
  .action(async (options: { config: string; json?: true }) => (await import('./gateway/commands/lifecycle/hold.ts')).listHolds(options));

by(program.command('redact'))
  .argument('<session>', 'id or name of a closed session, or a bundle, FILE.wacz')
  .description('take values out for good; what is left still verifies')
  .option('--config <file>', 'steno.yaml, for a session in the store')
  .option('-o, --output <file>', 'the new bundle, for a bundle')
  .option('--field <name>', 'sql, parameters, identity or header:NAME; may be repeated', collect, [])
  .option('--column <name>', 'a column of an answer, by name or by place from 0; may be repeated', collect, [])
  .option('--body <side>', 'request or response, of one exchange; may be repeated', collect, [])
  .option('--exchange <number>', 'of this exchange alone; everywhere in the session unless told')
  .option('--reason <text>', 'why; recorded')
  .action(async (session: string, options: RedactOptions) =>
    (await import('./gateway/commands/lifecycle/redact.ts')).redact(session, options),
  );

by(program.command('erase'))
  .description('destroy the key of a person or an agent: none of its recordings can be read any more, wherever copies lie')
  .requiredOption('--config <file>', 'steno.yaml')
  .requiredOption('--subject <values...>', 'ISSUER SUBJECT, as in the token ("iss", "sub")')
  .requiredOption('--reason <text>', 'why; recorded')
  .option('--close', 'close sessions that are open, instead of refusing')
  .action(async (options: EraseOptions) => (await import('./gateway/commands/lifecycle/erase.ts')).erase(options));

program
  .command('find-value')
  .argument('[value]', 'as BigQuery wrote it')
  .description('did this value leave? Tells where, never another value: exit 0 it did, 1 it did not')
  .requiredOption('--config <file>', 'steno.yaml')
  .option('--file <file>', 'the value stands in a file')
  .option('--session <session>', 'id or name of a session; all unless told')
  .option('--json', 'as JSON')
  .action(async (value: string | undefined, options: FindValueOptions) =>
    (await import('./gateway/commands/lifecycle/find-value.ts')).findValue(value, options),
  );

program
  .command('review')
  .argument('[bundles...]', 'FILE.wacz …')
  .description('open bundles in the browser, on loopback')
  .option('--no-open', 'print the address only')
  .option('--port <number>', 'port on 127.0.0.1; a free one unless told', Number)
  .option('--idle <minutes>', 'end when nobody looked for so long; never unless told', Number)
  .option('--identity <files...>', 'files with age identities, for FILE.wacz.age')
  .action(async (bundles: string[], options: { open: boolean; port?: number; idle?: number; identity?: string[] }) =>
    (await import('./desktop/host/commands/review.ts')).review(bundles, options),
  );

program
  .command('diff')
  .argument('<bundle>', 'FILE.wacz')
  .argument('<left>', 'number or id of an exchange')
  .argument('<right>', 'number or id of an exchange')
  .description("show how two exchanges' SQL differs")
  .action(async (bundle: string, left: string, right: string) =>
    (await import('./desktop/host/commands/diff.ts')).diff(bundle, left, right),
  );

program
  .command('replay')
  .argument('<bundle>', 'FILE.wacz')
  .description('run the statements of a session again, on loopback only')
  .option('--target <target>', 'recorded (answers of the bundle) or recomputed (DuckDB)', 'recorded')
  .option('--json', 'as JSON')
  .action(async (bundle: string, options: { target: string; json?: true }) =>
    (await import('./desktop/host/commands/replay.ts')).replay(bundle, options),
  );

program
  .command('sandbox')
  .description('serve a mock BigQuery on DuckDB, on 127.0.0.1')
  .option('--port <number>', 'port', Number, 9050)
  .option('--project <id>', 'project of what is seeded', 'acme-shop')
  .option('--data <directory>', 'keep the data here; in memory unless told')
  .option('--seed <directory>', 'fill it from a folder of DATASET/TABLE.{csv,ndjson,jsonl,parquet,avro}; see below')
  .option('--shop', 'fill in the demo shop, a million rows')
  .option('--public-data', "with tables of Google's public samples")
  .addHelpText(
    'after',
    `
A folder to seed from, read in order of name; a bad file ends the command and is named with its line:
  DATASET/dataset.json         location, description, labels, as datasets.insert takes them
  DATASET/TABLE.csv            a table; also .ndjson .jsonl .parquet .avro, and .gz behind CSV and JSON
  DATASET/TABLE.schema.json    its columns, or a table resource with partitioning and clustering;
                               detected without it, an empty table without data
  DATASET/*.sql, *.sql         scripts, run when the tables are there

gs:// addresses are the sandbox's own: files under DATA/objects/BUCKET/ are objects of BUCKET.`,
  )
  .action(async (options: { port: number; project: string; data?: string; seed?: string; shop?: true; publicData?: true }) =>
    (await import('./shared/sandbox/run-sandbox.ts')).runSandbox(options),
  );

program
  .command('demo')
  .description('the whole story in a minute: issuer, mock BigQuery, gateway, agent, export, verify, review')
  .option('--no-open', 'print the address of the review instead of opening it, and end')
  .option('--folder <directory>', 'where its files land', 'steno-demo')
  .action(async (options: { open: boolean; folder: string }) => (await import('./fixtures/demo/run-demo.ts')).runDemo(options));

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
