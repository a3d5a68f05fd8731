import { readFile } from 'node:fs/promises';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Config } from '../config-storage.ts';
import { StoreUnavailable } from './recording-store.ts';

/** The file is read again after this long, so that keys can be changed under a running gateway. */
const REREAD_MS = 300_000;

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string; expiration: Date };

/** Undefined leaves it to the SDK's default chain. */
export function readCredentials(named: S3Config['credentials']): S3ClientConfig['credentials'] {
  if (named === undefined) return undefined;
  return async () => parseProfile(await readNamed(named.file), named.file, named.profile);
}

async function readNamed(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StoreUnavailable(
      `The credentials in ${file} cannot be read (${code})`,
      'Correct storage.s3.credentials.file, or the rights of the file.',
    );
  }
}

/** The form of `~/.aws/credentials`. */
function parseProfile(text: string, file: string, profile: string): Credentials {
  const settings = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line);
    const setting = /^\s*([a-z_]+)\s*=\s*(\S+)\s*$/.exec(line);
    if (header !== null) section = header[1]!;
    else if (setting !== null && section === profile) settings.set(setting[1]!, setting[2]!);
  }
  const accessKeyId = settings.get('aws_access_key_id');
  const secretAccessKey = settings.get('aws_secret_access_key');
  const sessionToken = settings.get('aws_session_token');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new StoreUnavailable(
      `${file} has no keys under [${profile}]`,
      'Write aws_access_key_id = … and aws_secret_access_key = … below that line, or name another storage.s3.credentials.profile.',
    );
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    expiration: new Date(Date.now() + REREAD_MS),
  };
}
