import { verify } from 'node:crypto';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

export type LogoutRequestText = { readonly xml: string; readonly relayState: string | undefined };

const inflate = promisify(inflateRaw);
const maximumLength = 64 * 1024;
const hashes: ReadonlyMap<string, string> = new Map(
  ['sha256', 'sha384', 'sha512'].map((each) => [`http://www.w3.org/2001/04/xmldsig-more#rsa-${each}`, each]),
);

/**
 * The text of a request to sign out. One in an address is signed beside the XML (SAML 2.0 Bindings §3.4.4.1), and that signature is
 * checked here; a posted one is signed within, which is for who parses it to check. Returns why not as text.
 */
export async function readLogoutRequest(
  request: { readonly query: string } | { readonly message: string },
  certificates: readonly string[],
): Promise<LogoutRequestText | string> {
  if ('message' in request) return { xml: Buffer.from(request.message, 'base64').toString('utf8'), relayState: undefined };
  const parts = new Map<string, string>();
  for (const part of request.query.split('&')) {
    const name = part.slice(0, part.indexOf('='));
    if (parts.has(name)) return 'its address says something twice';
    parts.set(name, part);
  }
  if (!parts.has('Signature') || !parts.has('SigAlg')) return 'it is not signed';
  const values = new URLSearchParams(request.query);
  const algorithm = hashes.get(values.get('SigAlg')!);
  if (algorithm === undefined) return 'it uses an algorithm that is not accepted: RSA with SHA-256 or longer is';
  // Exactly the octets that were sent: whoever encodes them anew may encode them otherwise.
  const signed = ['SAMLRequest', 'RelayState', 'SigAlg'].flatMap((name) => parts.get(name) ?? []).join('&');
  const signature = Buffer.from(values.get('Signature')!, 'base64');
  if (!certificates.some((pem) => verify(algorithm, Buffer.from(signed), pem, signature))) return 'its signature does not fit';
  try {
    const xml = await inflate(Buffer.from(values.get('SAMLRequest') ?? '', 'base64'), { maxOutputLength: maximumLength });
    return { xml: xml.toString('utf8'), relayState: values.get('RelayState') ?? undefined };
  } catch {
    return 'it is no compressed request';
  }
}
