import { Refusal } from '../errors.ts';
import type { Principal } from '../exchange.ts';
import { addActor } from './add-actor.ts';
import { type GatewayTokens, lifetimeSeconds } from './gateway-tokens.ts';
import { maximumTokenLength } from './read-bearer.ts';
import { accessTokenType, problem, type TokenAnswer, type TokenProblem } from './token-answer.ts';
import type { TokenVerifier } from './verify-token.ts';

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const tokenTypes = new Set(['urn:ietf:params:oauth:token-type:id_token', 'urn:ietf:params:oauth:token-type:jwt', accessTokenType]);
const sessionNamePattern = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;

/** An issuer's token for the gateway's own (RFC 8693); with `actor_token`, of who acts for the subject. */
export async function exchangeToken(
  form: URLSearchParams,
  verifier: TokenVerifier,
  own: GatewayTokens,
): Promise<TokenProblem | TokenAnswer> {
  const mistake = findMistake(form);
  if (mistake !== undefined) return mistake;
  const session = readSessionName(form.get('audience') ?? '');
  if (session === undefined)
    return problem('invalid_target', 'session in the audience must be letters, digits, ".", "_", "~" or "-", at most 128');
  try {
    const principal = await verifySubject(form, verifier);
    if (typeof principal === 'string') return problem('invalid_grant', principal);
    const access = await own.issue(session === '' ? principal : { ...principal, sessionName: session });
    return { access_token: access, issued_token_type: accessTokenType, token_type: 'Bearer', expires_in: lifetimeSeconds };
  } catch (error) {
    if (error instanceof Refusal) return problem(error.status === 503 ? 'temporarily_unavailable' : 'invalid_grant', error.message);
    throw error;
  }
}

function findMistake(form: URLSearchParams): TokenProblem | undefined {
  if ((form.get('subject_token') ?? '') === '') return problem('invalid_request', 'subject_token is missing');
  if (!tokenTypes.has(form.get('subject_token_type') ?? ''))
    return problem('invalid_request', 'subject_token_type must be an id_token, a jwt or an access_token');
  const actor = form.get('actor_token') ?? '';
  if (actor !== '' && !tokenTypes.has(form.get('actor_token_type') ?? ''))
    return problem('invalid_request', 'actor_token_type must be an id_token, a jwt or an access_token');
  if (actor === '' && (form.get('actor_token_type') ?? '') !== '')
    return problem('invalid_request', 'actor_token_type is given without actor_token (RFC 8693 §2.1)');
  if (['subject_token', 'actor_token'].some((name) => (form.get(name) ?? '').length > maximumTokenLength))
    return problem('invalid_request', `a token is longer than ${maximumTokenLength} characters`);
  return [null, '', accessTokenType].includes(form.get('requested_token_type'))
    ? undefined
    : problem('invalid_request', `requested_token_type must be ${accessTokenType}`);
}

async function verifySubject(form: URLSearchParams, verifier: TokenVerifier): Promise<Principal | string> {
  const { principal, claims } = await verifier.verifyForeign(form.get('subject_token')!);
  const actorToken = form.get('actor_token') ?? '';
  return actorToken === '' ? principal : addActor(principal, (await verifier.verifyForeign(actorToken)).principal, claims);
}

/** `//gw.example.com/oidc/dev?session=ticket-123` → `ticket-123`; empty when there is none, undefined when it is unusable. */
function readSessionName(audience: string): string | undefined {
  const mark = audience.indexOf('?');
  const name = mark < 0 ? null : new URLSearchParams(audience.slice(mark + 1)).get('session');
  if (name === null || name === '') return '';
  return sessionNamePattern.test(name) ? name : undefined;
}
