import type { Command } from 'commander';
import type { EnvOptions } from './env/print-env.ts';
import type { MetadataOptions } from './metadata.ts';
import { collect } from './recurring-options.ts';
import type { TokenSourceOptions } from './token-source.ts';

/** What clients need on their way in. */
export function addClientCommands(program: Command): void {
  addDoors(program);
  addTokens(program);
  addMetadata(program);
}

function addDoors(program: Command): void {
  program
    .command('ca')
    .description('the private CA of the proxy door and of TLS without certificate files')
    .command('init')
    .argument('<directory>', 'a new folder for its certificate and key')
    .option('--domain <names...>', 'vouch for these domains too: the host of publicUrl, universe.domain', [])
    .description('make a CA that can vouch for *.googleapis.com and the named domains only')
    .action(async (directory: string, options: { domain: string[] }) =>
      (await import('./init-authority.ts')).initAuthority(directory, options.domain),
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
    .action(async (gateway: string, options: EnvOptions) => (await import('./env/print-env.ts')).printEnv(gateway, options));
}

function addTokens(program: Command): void {
  withTokenSource(program.command('token'))
    .description("print a token as a credential file's executable source must")
    .option('--raw', 'the token alone')
    .action(async (options: TokenSourceOptions & { raw?: true }) => (await import('./token.ts')).printToken(options));

  program
    .command('login')
    .description('sign in at an identity provider, for `steno token --login`')
    .requiredOption('--issuer <address>', 'the identity provider')
    .requiredOption('--client-id <id>', 'a public (native) client there')
    .option('--scope <scopes>', 'what to ask for', 'openid email profile offline_access')
    .option('--device', 'with a code that is entered on another device')
    .action(async (options: { issuer: string; clientId: string; scope: string; device?: true }) =>
      (await import('./token-login.ts')).logIn(options),
    );

  program
    .command('logout')
    .argument('[issuer]', 'the identity provider, when there are several')
    .description('forget a login of `steno login`')
    .action(async (issuer?: string) => (await import('./token-login.ts')).logOut(issuer));
}

function addMetadata(program: Command): void {
  withTokenSource(program.command('metadata'))
    .description("give machines without a credential file the gateway's tokens, as Compute Engine's metadata server would; loopback only")
    .requiredOption('--gateway <address>', 'the gateway')
    .requiredOption('--project <id>', 'the project clients should use')
    .option('--port <number>', 'port on 127.0.0.1; a free one unless told', Number, 0)
    .option('--session <name>', 'name of the recorded session')
    .option('--email <address>', 'what clients show as their account', 'agent@steno.invalid')
    .option('--universe <domain>', 'the universe domain clients are told', 'googleapis.com')
    .action(async (options: MetadataOptions) => (await import('./metadata.ts')).runMetadata(options));
}

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
