import { rename, writeFile } from 'node:fs/promises';
import { type TokenSourceOptions, toTokenSource } from './token-source.ts';

export type ExecutableAnswer =
  | {
      readonly version: 1;
      readonly success: true;
      readonly token_type: string;
      readonly id_token: string;
      /** Seconds since the epoch. */
      readonly expiration_time: number;
    }
  | { readonly version: 1; readonly success: false; readonly code: string; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;
const idTokenType = 'urn:ietf:params:oauth:token-type:id_token';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';

/**
 * Prints a token as a credential file's `credential_source.executable` must (AIP-4117). What goes wrong is part of the answer, with
 * exit code 0: then the client shows our words. Nothing else may be printed, since clients read both outputs as one.
 */
export async function printToken(options: TokenSourceOptions & { readonly raw?: true }): Promise<void> {
  if (options.raw) return console.log(await toTokenSource(options)());
  const answer = await toAnswer(options, process.env);
  const output = process.env['GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE'];
  if (answer.success && output !== undefined && output !== '') await writeOutput(output, answer);
  console.log(JSON.stringify(answer));
}

export async function toAnswer(options: TokenSourceOptions, environment: Environment, now: number = Date.now()): Promise<ExecutableAnswer> {
  try {
    const token = await toTokenSource(options, environment)();
    const expiresAt = readExpiry(token);
    if (expiresAt * 1000 <= now) return failure('TOKEN_EXPIRED', 'The token is expired: have its source write a fresh one');
    const wanted = environment['GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE'];
    return {
      version: 1,
      success: true,
      token_type: wanted === jwtType ? jwtType : idTokenType,
      id_token: token,
      expiration_time: expiresAt,
    };
  } catch (error) {
    return failure('NO_TOKEN', (error as Error).message);
  }
}

const failure = (code: string, message: string): ExecutableAnswer => ({ version: 1, success: false, code, message });

/** Seconds since the epoch. The gateway verifies; here it is only told to the client. */
function readExpiry(token: string): number {
  const payload = token.split('.')[1];
  try {
    const { exp } = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8')) as { exp?: unknown };
    if (typeof exp === 'number' && Number.isFinite(exp)) return Math.floor(exp);
  } catch {
    // told below
  }
  throw new Error('The token is no JWT with an expiry: Google’s executable sources carry no other');
}

/** Whole or not at all: other processes of the client read it. */
async function writeOutput(path: string, answer: ExecutableAnswer): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(answer), { mode: 0o600 });
  await rename(draft, path);
}
