import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config, ConfigMistake } from './config.ts';
import { perUserOf } from './config-connections.ts';

type Check = (text: string) => string | undefined;

/** The files that hold secrets and keys of issuers, and certificates of identity providers: each must be usable from the start. */
export async function findUnusableSecrets({ issuers, people, connections }: Config): Promise<ConfigMistake[]> {
  const files: (readonly [path: string, file: string, check: Check])[] = [
    ...issuers.flatMap(({ introspection }, index) =>
      introspection === undefined
        ? []
        : [[`issuers[${index}].introspection.clientSecretFile`, introspection.clientSecretFile, checkSecret] as const],
    ),
    ...connections.flatMap((each, index) => {
      const file = perUserOf(each)?.clientSecretFile;
      return file === undefined ? [] : [[`connections[${index}].credentials.perUser.clientSecretFile`, file, checkSecret] as const];
    }),
    ...issuers.flatMap(({ keys }, index) =>
      keys !== undefined && 'file' in keys ? [[`issuers[${index}].keys.file`, keys.file, checkKeySet] as const] : [],
    ),
    ...(people?.oidc ?? []).flatMap(({ clientSecretFile }, index) =>
      clientSecretFile === undefined ? [] : [[`people.oidc[${index}].clientSecretFile`, clientSecretFile, checkSecret] as const],
    ),
    ...(people?.saml ?? []).flatMap(({ certificateFiles }, index) =>
      certificateFiles.map((file, at) => [`people.saml[${index}].certificateFiles[${at}]`, file, checkCertificate] as const),
    ),
    ...(people?.saml ?? []).flatMap((provider, index) =>
      (['signing', 'decryption'] as const).flatMap((use) => {
        const pair = provider[use];
        if (pair === undefined) return [];
        return [
          [`people.saml[${index}].${use}.keyFile`, pair.keyFile, checkKey] as const,
          [`people.saml[${index}].${use}.certificateFile`, pair.certificateFile, checkCertificate] as const,
        ];
      }),
    ),
  ];
  const found = await Promise.all(files.map(async ([path, file, check]) => ({ path, message: await checkFile(file, check) })));
  return found.flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]));
}

async function checkFile(file: string, check: Check): Promise<string | undefined> {
  try {
    return check(await readFile(file, 'utf8'));
  } catch (error) {
    return `${file} cannot be read (${(error as NodeJS.ErrnoException).code}): check the path, and that the gateway's user may read it`;
  }
}

const checkSecret: Check = (text) => (text.trim() === '' ? 'the file is empty: write the secret into it' : undefined);

function checkKeySet(text: string): string | undefined {
  try {
    if (Array.isArray((JSON.parse(text) as { keys?: unknown }).keys)) return undefined;
  } catch {
    // told below
  }
  return 'is no JSON Web Key Set ({"keys":[…]}): copy what the issuer publishes as its jwks_uri';
}

function checkKey(text: string): string | undefined {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'rsa' ? undefined : 'must hold an RSA key';
  } catch {
    return 'is no private key in PEM format without a password ("-----BEGIN PRIVATE KEY-----")';
  }
}

function checkCertificate(text: string): string | undefined {
  try {
    const { publicKey, validTo } = new X509Certificate(text);
    if (publicKey.asymmetricKeyType !== 'rsa') return 'must hold an RSA key: signatures of other keys are not supported';
    if ((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
      return 'its RSA key is shorter than 2048 bits: have the provider make a new one';
    return Date.parse(validTo) < Date.now() ? `expired on ${validTo}: download the provider's current certificate` : undefined;
  } catch {
    return 'is no certificate: download it from the identity provider in PEM format ("-----BEGIN CERTIFICATE-----")';
  }
}
