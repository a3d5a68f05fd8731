// The connections to BigQuery, and whose credential each of them works with.
import { resolve } from 'node:path';
import * as z from 'zod';
import { isLoopback, secureAddress } from './config-people.ts';

export const httpUrl = z.string().refine((text) => {
  const url = URL.parse(text);
  return (
    url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.search === '' && url.hash === ''
  );
}, 'must be an http(s) address without user, query or fragment');

export const secureUrl = httpUrl.refine((text) => {
  const url = URL.parse(text);
  return url === null || url.protocol === 'https:' || isLoopback(url.hostname);
}, 'must be https (http is accepted for loopback only): tokens and keys would travel in clear');

const ownCredentials = [
  z.literal('applicationDefault'),
  z.strictObject({ serviceAccountKeyFile: z.string().min(1) }),
  z.strictObject({ credentialFile: z.string().min(1) }),
] as const;

const impersonation = z.strictObject({
  impersonate: z.strictObject({
    serviceAccount: z.email('must be the e-mail address of a service account'),
    lifetimeSeconds: z.int().min(600).max(43_200).default(3600),
    endpoint: secureAddress.default('https://iamcredentials.googleapis.com'),
  }),
  source: z.union(ownCredentials).default('applicationDefault'),
});

/** Each person's own Google account, which they authorise in the console (authorization code + PKCE). */
const perUser = z.strictObject({
  perUser: z.strictObject({
    /** The OAuth server; its endpoints are found by discovery. */
    issuer: secureAddress.default('https://accounts.google.com'),
    clientId: z.string().min(1),
    clientSecretFile: z.string().min(1).optional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope'))
      .min(1)
      .default(['openid', 'email', 'https://www.googleapis.com/auth/bigquery']),
  }),
});

const credentials = z.union([z.literal('none'), ...ownCredentials, impersonation, perUser], {
  error:
    'must be "none", "applicationDefault", { serviceAccountKeyFile: PATH }, { credentialFile: PATH } of any type Google knows, { impersonate: { serviceAccount: EMAIL }, source: … }, or { perUser: { clientId: ID, clientSecretFile: PATH } }',
});

export const connection = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes'),
  projects: z.array(z.string().min(1)).min(1, 'must name at least one project; "*" serves all'),
  endpoint: secureUrl.default('https://bigquery.googleapis.com'),
  credentials,
});

export type Connection = z.output<typeof connection>;
export type Credentials = Connection['credentials'];
export type PerUserConfig = z.output<typeof perUser>['perUser'];

/** Undefined where the connection works with a credential of the gateway's own, or with none. */
export const perUserOf = ({ credentials }: Pick<Connection, 'credentials'>): PerUserConfig | undefined =>
  typeof credentials === 'object' && 'perUser' in credentials ? credentials.perUser : undefined;

export function resolveCredentials(own: Credentials, base: string): Credentials {
  if (typeof own === 'string') return own;
  if ('impersonate' in own) return { ...own, source: resolveCredentials(own.source, base) as typeof own.source };
  if ('credentialFile' in own) return { credentialFile: resolve(base, own.credentialFile) };
  if ('serviceAccountKeyFile' in own) return { serviceAccountKeyFile: resolve(base, own.serviceAccountKeyFile) };
  const { clientSecretFile } = own.perUser;
  return clientSecretFile === undefined ? own : { perUser: { ...own.perUser, clientSecretFile: resolve(base, clientSecretFile) } };
}
