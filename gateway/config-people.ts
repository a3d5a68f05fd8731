// People sign in at the web console: through OIDC (authorization code + PKCE) or SAML 2.0.
import { resolve } from 'node:path';
import * as z from 'zod';

const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const;
export const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);

export const algorithms = z
  .array(z.enum(asymmetric, { error: `must be asymmetric: one of ${asymmetric.join(', ')}` }))
  .min(1)
  .default(['RS256', 'ES256']);

export const strings = z.union([
  z
    .string()
    .min(1)
    .transform((each) => [each]),
  z.array(z.string().min(1)).min(1),
]);

/** An address that secrets or people are sent to; a query may stand in it. */
export const secureAddress = z.string().refine((text) => {
  const url = URL.parse(text);
  return (
    url !== null &&
    url.username === '' &&
    url.hash === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  );
}, 'must be an https address without user or fragment (http is accepted for loopback only)');

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'must be lower-case letters, digits and dashes: it stands in addresses');
const title = z.string().min(1).max(80);

const oidc = z.strictObject({
  name,
  /** On the button; the name unless told. */
  title: title.optional(),
  issuer: secureAddress,
  clientId: z.string().min(1),
  /** Without it the client is public, and PKCE alone protects the code. */
  clientSecretFile: z.string().min(1).optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope'))
    .refine((all) => all.includes('openid'), 'must contain openid')
    .default(['openid', 'email', 'profile']),
  algorithms,
  claims: z
    .strictObject({
      groups: z.string().min(1).default('groups'),
      email: z.string().min(1).default('email'),
      name: z.string().min(1).default('name'),
    })
    .prefault({}),
});

const saml = z.strictObject({
  name,
  title: title.optional(),
  /** The identity provider's own name: what its assertions must give as Issuer. */
  entityId: z.string().min(1),
  signInUrl: secureAddress,
  /** Where people are sent after they signed out here (HTTP-Redirect binding); nowhere unless told. */
  signOutUrl: secureAddress.optional(),
  /** PEM; several while the provider changes its key. */
  certificateFiles: strings,
  /** Signs our requests, for providers that want that: PEM, RSA. */
  signing: z.strictObject({ keyFile: z.string().min(1), certificateFile: z.string().min(1) }).optional(),
  /** Decrypts assertions, for providers that encrypt them: PEM, RSA. The certificate is what they encrypt for. */
  decryption: z.strictObject({ keyFile: z.string().min(1), certificateFile: z.string().min(1) }).optional(),
  /** What we call ourselves, and what assertions must be for; `PUBLICURL/console/saml/NAME` unless told. */
  audience: z.string().min(1).optional(),
  /** Assertions must always be signed; the response around them too, if told. */
  wantResponseSigned: z.boolean().default(false),
  attributes: z
    .strictObject({
      groups: z.string().min(1).default('groups'),
      email: z.string().min(1).default('email'),
      name: z.string().min(1).default('name'),
    })
    .prefault({}),
});

export const people = z
  .strictObject({
    oidc: z.array(oidc).default([]),
    saml: z.array(saml).default([]),
    /** Of a person at the console. */
    session: z.strictObject({ idleMinutes: z.number().positive().default(30), maxHours: z.number().positive().default(12) }).prefault({}),
    /** The files that people download for their clients. */
    credentials: z
      .strictObject({
        maxDays: z.number().positive().default(90),
        idleDays: z.number().positive().default(30),
        /** Each person's, at once. */
        perPerson: z.int().min(1).default(20),
      })
      .prefault({}),
  })
  .refine(({ oidc, saml }) => oidc.length + saml.length > 0, 'must name at least one way to sign in, under oidc or saml');

export type PeopleConfig = z.output<typeof people>;
export type OidcProvider = PeopleConfig['oidc'][number];
export type SamlProvider = PeopleConfig['saml'][number];

export const resolvePeople = (config: PeopleConfig, base: string): PeopleConfig => ({
  ...config,
  oidc: config.oidc.map((each) =>
    each.clientSecretFile === undefined ? each : { ...each, clientSecretFile: resolve(base, each.clientSecretFile) },
  ),
  saml: config.saml.map(({ signing, decryption, ...each }) => ({
    ...each,
    certificateFiles: each.certificateFiles.map((file) => resolve(base, file)),
    ...(signing === undefined ? {} : { signing: resolvePair(signing, base) }),
    ...(decryption === undefined ? {} : { decryption: resolvePair(decryption, base) }),
  })),
});

type KeyPairFiles = { readonly keyFile: string; readonly certificateFile: string };

const resolvePair = ({ keyFile, certificateFile }: KeyPairFiles, base: string): KeyPairFiles => ({
  keyFile: resolve(base, keyFile),
  certificateFile: resolve(base, certificateFile),
});

export const namesOfProviders = ({ oidc, saml }: PeopleConfig): (readonly [name: string, path: string])[] => [
  ...oidc.map((each, index) => [each.name, `people.oidc[${index}].name`] as const),
  ...saml.map((each, index) => [each.name, `people.saml[${index}].name`] as const),
];
