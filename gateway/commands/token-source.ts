import { readFile } from 'node:fs/promises';
import { storedIdToken } from './token-login.ts';

/** Where a machine's or a person's own OIDC token comes from. One of the first five is told, or GitHub Actions is recognised. */
export type TokenSourceOptions = {
  readonly file?: string;
  readonly url?: string;
  readonly env?: string;
  readonly github?: boolean;
  /** Issuer of a stored login (`steno login`); true when there is only one. */
  readonly login?: string | true;
  /** For `url`: `Name: value`. */
  readonly header?: readonly string[];
  /** For `url`: the field of a JSON answer that holds the token. */
  readonly field?: string;
  /** For GitHub: the audience to ask for, as the gateway's configuration names it. */
  readonly audience?: string;
};

type Environment = Readonly<Record<string, string | undefined>>;
export type TokenSource = () => Promise<string>;

const timeoutMs = 10_000;

/** Throws with the remedy when the options name no source, or more than one. */
export function toTokenSource(options: TokenSourceOptions, environment: Environment = process.env): TokenSource {
  const { file, url, env, github, login } = options;
  const given = [
    file === undefined ? undefined : () => readTokenFile(file),
    url === undefined ? undefined : () => fetchToken(url, options),
    env === undefined ? undefined : () => readVariable(env, environment),
    github === true ? () => fetchGithubToken(options.audience, environment) : undefined,
    login === undefined ? undefined : () => storedIdToken(login === true ? undefined : login),
  ].filter((each) => each !== undefined);
  if (given.length > 1) throw new Error('Give one of --file, --url, --env, --github and --login, not several');
  if (given[0] !== undefined) return async () => clean(await given[0]!());
  if (environment['ACTIONS_ID_TOKEN_REQUEST_URL'] === undefined)
    throw new Error('Say where the token comes from: --file PATH, --url ADDRESS, --env NAME, --github or --login');
  return async () => clean(await fetchGithubToken(options.audience, environment));
}

function clean(text: string): string {
  const token = text.trim();
  if (token === '') throw new Error('The token is empty: look at its source');
  return token;
}

async function readTokenFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`The token file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}): check --file`);
  }
}

async function readVariable(name: string, environment: Environment): Promise<string> {
  const value = environment[name];
  if (value === undefined || value === '')
    throw new Error(`The variable ${name} is not set: export it where the client starts, or change --env`);
  return value;
}

async function fetchToken(address: string, { header = [], field }: TokenSourceOptions): Promise<string> {
  const headers = Object.fromEntries(
    header.map((each) => {
      const colon = each.indexOf(':');
      if (colon < 1) throw new Error(`--header must be "Name: value", not ${JSON.stringify(each)}`);
      return [each.slice(0, colon).trim(), each.slice(colon + 1).trim()];
    }),
  );
  const text = await ask(address, headers);
  return field === undefined ? text : readField(text, field, address);
}

async function fetchGithubToken(audience: string | undefined, environment: Environment): Promise<string> {
  const [address, bearer] = [environment['ACTIONS_ID_TOKEN_REQUEST_URL'], environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']];
  if (address === undefined || bearer === undefined)
    throw new Error('This is no GitHub Actions job that may have an ID token: give the job "permissions: { id-token: write }"');
  if (audience === undefined)
    throw new Error("Say which audience the gateway expects: --audience, as in its configuration's issuers[].audience");
  const url = new URL(address);
  url.searchParams.set('audience', audience);
  return readField(await ask(url.toString(), { authorization: `Bearer ${bearer}` }), 'value', address);
}

async function ask(address: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(address, { headers, signal: AbortSignal.timeout(timeoutMs) }).catch((error: Error) => {
    throw new Error(`${withoutQuery(address)} cannot be reached (${String(error.cause ?? error.message)})`);
  });
  if (!answer.ok) throw new Error(`${withoutQuery(address)} answered ${answer.status}: it gave no token`);
  return answer.text();
}

function readField(text: string, field: string, address: string): string {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[field];
    if (typeof value === 'string') return value;
  } catch {
    // told below
  }
  throw new Error(`The answer of ${withoutQuery(address)} has no text "${field}": check --field`);
}

/** A query may hold secrets. */
const withoutQuery = (address: string): string => address.split('?')[0]!;
