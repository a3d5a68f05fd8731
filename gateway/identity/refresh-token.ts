import { type GatewayTokens, lifetimeSeconds } from './gateway-tokens.ts';
import type { RefreshCredentials } from './refresh-credentials.ts';
import { accessTokenType, problem, type TokenAnswer, type TokenProblem } from './token-answer.ts';

export const refreshGrant = 'refresh_token';

/** A person's refresh token for an access token and the next refresh token (RFC 6749 §6). */
export async function refreshToken(
  form: URLSearchParams,
  authorization: string | undefined,
  credentials: RefreshCredentials,
  tokens: GatewayTokens,
): Promise<TokenProblem | TokenAnswer> {
  const given = form.get('refresh_token') ?? '';
  if (given === '') return problem('invalid_request', 'refresh_token is missing');
  const refreshed = credentials.refresh(given, readClientId(form, authorization));
  if (typeof refreshed === 'string') return problem('invalid_grant', refreshed);
  return {
    access_token: await tokens.issue(refreshed.principal, refreshed.credentialId),
    issued_token_type: accessTokenType,
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    refresh_token: refreshed.refreshToken,
  };
}

/** RFC 6749 §2.3.1: by HTTP Basic, or in the form. */
function readClientId(form: URLSearchParams, authorization: string | undefined): string | undefined {
  const basic = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  return basic === undefined ? (form.get('client_id') ?? undefined) : Buffer.from(basic, 'base64').toString('utf8').split(':')[0];
}
