const timeoutMs = 5_000;
const maximumBytes = 512 * 1024;

export type Discovery = Readonly<Record<string, unknown>>;

/** The issuer's own description (OpenID Connect Discovery §4). Throws with the reason. */
export async function fetchDiscovery(issuer: string): Promise<Discovery> {
  const discovery = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (typeof discovery !== 'object' || discovery === null) throw new Error('The discovery document is no object');
  const { issuer: named } = discovery as Discovery;
  if (named !== issuer) throw new Error(`The discovery document speaks for another issuer: ${String(named).slice(0, 200)}`);
  return discovery as Discovery;
}

/** An endpoint that the discovery document names. Throws when it names none, or one that is less secure than the issuer. */
export function endpointOf(discovery: Discovery, name: string): string {
  const address = discovery[name];
  if (typeof address !== 'string' || !isAsSecure(address, String(discovery['issuer'])))
    throw new Error(`The discovery document names no secure ${name}`);
  return address;
}

/** The key set of an issuer, found through its discovery document. Throws with the reason. */
export async function fetchKeySet(issuer: string): Promise<unknown> {
  return fetchJson(endpointOf(await fetchDiscovery(issuer), 'jwks_uri'));
}

/** Plain http only where the issuer itself is plain http, which the configuration allows for loopback alone. */
const isAsSecure = (address: string, issuer: string): boolean => {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && url.host === new URL(issuer).host);
};

/** No redirects, at most 512 KiB, at most 5 s until the last byte. Throws with the reason. */
export async function fetchJson(address: string, request: Pick<RequestInit, 'method' | 'headers' | 'body'> = {}): Promise<unknown> {
  const response = await fetch(address, {
    ...request,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json', ...request.headers },
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${address} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.byteLength;
    if (length > maximumBytes) throw new Error(`${address} answered more than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
