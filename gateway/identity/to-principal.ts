import type { JWTPayload } from 'jose';
import type { IssuerConfig } from '../config.ts';
import type { Principal } from '../exchange.ts';

const maximumSubjectLength = 512;
const maximumGroups = 500;
const maximumActors = 8;

/** Maps verified claims to a principal as the issuer's configuration says. Returns why not as text. */
export function toPrincipal(claims: JWTPayload, issuer: IssuerConfig): Principal | string {
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > maximumSubjectLength) return 'the token names no usable subject';
  const groups = toGroups(claims[issuer.claims.groups]);
  if (groups === undefined) return `the claim "${issuer.claims.groups}" is no list of group names`;
  const actChain = toActChain(claims['act']);
  if (actChain === undefined) return 'the claim "act" is no chain of actors (RFC 8693 §4.1)';
  const email = toText(claims[issuer.claims.email]);
  const name = toText(claims[issuer.claims.name]);
  const sessionName = issuer.claims.session === undefined ? undefined : toText(claims[issuer.claims.session]);
  return {
    kind: issuer.kind,
    issuer: issuer.issuer,
    subject: sub,
    groups,
    actChain,
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    ...(sessionName === undefined ? {} : { sessionName }),
  };
}

function toGroups(claim: unknown): readonly string[] | undefined {
  if (claim === undefined) return [];
  const list = typeof claim === 'string' ? [claim] : claim;
  if (!Array.isArray(list) || list.length > maximumGroups || !list.every((each) => typeof each === 'string')) return undefined;
  return list;
}

function toActChain(claim: unknown): readonly string[] | undefined {
  const chain: string[] = [];
  for (let actor = claim; actor !== undefined; actor = (actor as { act?: unknown }).act) {
    const subject = (actor as { sub?: unknown } | null)?.sub;
    if (typeof subject !== 'string' || chain.length >= maximumActors) return undefined;
    chain.push(subject);
  }
  return chain;
}

const toText = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim.slice(0, 256) : typeof claim === 'number' ? String(claim) : undefined;
