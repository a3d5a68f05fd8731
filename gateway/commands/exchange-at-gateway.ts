import type { TokenSource } from './token-source.ts';

export type AccessToken = { readonly token: string /** Milliseconds since the epoch. */; readonly expiresAt: number };

/** Google's libraries take a token from the metadata server that is good for five minutes more. */
const spareMs = 5 * 60_000;
const timeoutMs = 15_000;

/** Access tokens of the gateway for somebody's own OIDC token (RFC 8693), exchanged when needed, once for all who wait. */
export function createExchanger(gateway: string, source: TokenSource, sessionName: string | undefined): () => Promise<AccessToken> {
  let known: AccessToken | undefined;
  let underWay: Promise<AccessToken> | undefined;
  return () => {
    if (known !== undefined && known.expiresAt - Date.now() > spareMs) return Promise.resolve(known);
    underWay ??= exchange(gateway, source, sessionName)
      .then((fresh) => {
        known = fresh;
        return fresh;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
}

async function exchange(gateway: string, source: TokenSource, sessionName: string | undefined): Promise<AccessToken> {
  const session = sessionName === undefined ? '' : `?${new URLSearchParams({ session: sessionName })}`;
  const answer = await fetch(`${gateway}/v1/token`, {
    method: 'POST',
    signal: AbortSignal.timeout(timeoutMs),
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: `//${new URL(gateway).host}/metadata${session}`,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      subject_token: await source(),
    }),
  }).catch((error: Error) => {
    throw new Error(`The gateway at ${gateway} cannot be reached (${String(error.cause ?? error.message)}): check --gateway`);
  });
  const body = (await answer.json().catch(() => ({}))) as { access_token?: string; expires_in?: number; error_description?: string };
  if (!answer.ok || body.access_token === undefined)
    throw new Error(`The gateway gave no token: ${body.error_description ?? `it answered ${answer.status}`}`);
  return { token: body.access_token, expiresAt: Date.now() + Number(body.expires_in) * 1000 };
}
