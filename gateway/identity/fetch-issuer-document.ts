const timeoutMs = 5_000;
const maximumBytes = 512 * 1024;

/** The key set of an issuer, found through its discovery document (OpenID Connect Discovery §4). Throws with the reason. */
export async function fetchIssuerDocument(issuer: string): Promise<unknown> {
  const discovery = (await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)) as Record<string, unknown>;
  if (discovery['issuer'] !== issuer) throw new Error(`The discovery document speaks for another issuer: ${String(discovery['issuer'])}`);
  const address = discovery['jwks_uri'];
  if (typeof address !== 'string' || !isAsSecure(address, issuer)) throw new Error('The discovery document names no secure jwks_uri');
  return fetchJson(address);
}

/** Plain http only where the issuer itself is plain http, which the configuration allows for loopback alone. */
const isAsSecure = (address: string, issuer: string): boolean => {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && url.host === new URL(issuer).host);
};

async function fetchJson(address: string): Promise<unknown> {
  const response = await fetch(address, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  if (!response.ok || response.body === null) throw new Error(`${address} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.byteLength;
    if (length > maximumBytes) throw new Error(`${address} answered more than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
