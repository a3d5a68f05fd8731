import type { JWTPayload } from 'jose';
import type { IssuerConfig } from '../config.ts';
import type { Principal } from '../exchange.ts';

const maximumSubjectLength = 512;
const maximumGroups = 500;
export const maximumActors = 8;

/** Maps verified claims to a principal as the issuer's configuration says. Returns why not as text. */
export function toPrincipal(claims: JWTPayload, issuer: IssuerConfig): Principal | string {
  const { sub } = claims;
  if (!isSubject(sub)) return 'the token names no usable subject';
  const groups = toGroups(claims[issuer.claims.groups]);
  if (groups === undefined) return `the claim "${issuer.claims.groups}" is no list of group names`;
  const actChain = toActChain(claims['act'], issuer.issuer);
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

/** Nothing invisible: what looks like another subject on a screen must not be one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const invisible = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/;

export const isSubject = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= maximumSubjectLength && value.isWellFormed() && !invisible.test(value);

/** A list of names, or one; undefined when it is anything else. */
export function toGroups(claim: unknown): readonly string[] | undefined {
  if (claim === undefined) return [];
  const list = typeof claim === 'string' ? [claim] : claim;
  if (!Array.isArray(list) || list.length > maximumGroups || !list.every((each) => typeof each === 'string')) return undefined;
  return list;
}

function toActChain(claim: unknown, issuer: string): readonly string[] | undefined {
  const chain: string[] = [];
  for (let actor = claim; actor !== undefined; actor = (actor as { act?: unknown }).act) {
    const { sub, iss } = (actor ?? {}) as { sub?: unknown; iss?: unknown };
    if (!isSubject(sub) || (iss !== undefined && !isSubject(iss)) || chain.length >= maximumActors) return undefined;
    chain.push(toActor(iss ?? issuer, sub, issuer));
  }
  return chain;
}

/** An actor as the principal's chain names it: its subject, with its issuer in front when that is not the principal's own. */
export const toActor = (issuer: string, subject: string, ofPrincipal: string): string =>
  issuer === ofPrincipal ? subject : `${issuer}|${subject}`;

export const toText = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim.slice(0, 256).toWellFormed() : typeof claim === 'number' ? String(claim) : undefined;
