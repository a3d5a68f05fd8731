// The gateway's private CA: clients of the proxy door trust it, and it can vouch for BigQuery's names only, and those it was made for.
import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import 'reflect-metadata'; // @peculiar/x509 resolves its algorithms through it
import { AsnConvert } from '@peculiar/asn1-schema';
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';

export type CertificateAuthority = {
  /** What clients add to their roots. */
  readonly certificatePem: string;
  /** A TLS context for one host; minted on first use and again before it expires. */
  contextFor(host: string): Promise<SecureContext>;
  /** A certificate of its own for one host, and its key. */
  mint(host: string): Promise<KeyPairPem>;
};

/** PEM; `cert` with the CA's behind it. */
export type KeyPairPem = { readonly key: string; readonly cert: string };

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;
const authorityDays = 1825;
const leafDays = 30;
const renewDays = 5;

const files = (directory: string) => ({ certificate: join(directory, 'ca.crt'), key: join(directory, 'ca.key') });

/** Makes a CA in `directory` for the given DNS names and all below them. Throws when one is there already: its clients trust that one. */
export async function initCertificateAuthority(directory: string, domains: readonly string[]): Promise<void> {
  const { certificate, key } = files(directory);
  if (existsSync(key) || existsSync(certificate))
    throw new Error(`${directory} holds a CA already: name another folder, or remove it and hand out the new one everywhere.`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const keys = await generateKeys();
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Steno gateway CA',
    keys,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + authorityDays * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto as never),
      nameConstraints(domains),
    ],
  });
  await writeFile(key, await exportKey(keys.privateKey), { mode: 0o600, flag: 'wx' });
  await writeFile(certificate, `${made.toString('pem')}\n`, { mode: 0o644, flag: 'wx' });
}

/** Throws when the folder holds no CA, with the command that makes one. */
export async function loadCertificateAuthority(directory: string): Promise<CertificateAuthority> {
  const { certificate, key } = files(directory);
  if (!existsSync(key)) throw new Error(`${directory} holds no CA: make one with \`steno ca init ${directory}\`.`);
  const certificatePem = await readFile(certificate, 'utf8');
  const issuer = { certificate: new x509.X509Certificate(certificatePem), key: createPrivateKey(await readFile(key, 'utf8')) };
  const mint = (host: string): Promise<KeyPairPem> => mintCertificate(issuer, host, certificatePem);
  const minted = new Map<string, { context: Promise<SecureContext>; until: number }>();
  return {
    certificatePem,
    mint,
    contextFor: (host) => {
      const known = minted.get(host);
      if (known !== undefined && known.until > Date.now()) return known.context;
      const context = mint(host).then((pem) => createSecureContext({ ...pem, minVersion: 'TLSv1.2' }));
      minted.set(host, { context, until: Date.now() + (leafDays - renewDays) * day });
      context.catch(() => minted.delete(host));
      return context;
    },
  };
}

type IssuerPair = { readonly certificate: x509.X509Certificate; readonly key: KeyObject };

async function mintCertificate(issuer: IssuerPair, host: string, authorityPem: string): Promise<KeyPairPem> {
  const keys = await generateKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    subject: `CN=${host}`,
    issuer: issuer.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(issuer.key),
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + leafDays * day),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate, false, webcrypto as never),
    ],
  });
  return { key: await exportKey(keys.privateKey), cert: `${leaf.toString('pem')}\n${authorityPem}` };
}

/** RFC 5280 §4.2.1.10: a stolen CA key is worth nothing for other names. */
function nameConstraints(domains: readonly string[]): x509.Extension {
  const subtrees = new GeneralSubtrees(domains.map((domain) => new GeneralSubtree({ base: new GeneralName({ dNSName: domain }) })));
  return new x509.Extension('2.5.29.30', true, AsnConvert.serialize(new NameConstraints({ permittedSubtrees: subtrees })));
}

/** The library's word for Web Crypto's key pair: the compiler knows that type only where there is a DOM. */
type KeyPair = x509.X509CertificateCreateSelfSignedParams['keys'];

const generateKeys = async (): Promise<KeyPair> =>
  (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as KeyPair;

async function exportKey(key: KeyPair['privateKey']): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key as never);
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

async function importKey(key: KeyObject): Promise<KeyPair['privateKey']> {
  const der = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
  return (await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])) as unknown as KeyPair['privateKey'];
}
