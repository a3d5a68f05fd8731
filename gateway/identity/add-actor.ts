import type { JWTPayload } from 'jose';
import type { Principal } from '../exchange.ts';
import { maximumActors, toActor } from './to-principal.ts';

/**
 * The principal with one more who acts for it (RFC 8693 §4.1): outermost first, whoever acted for the actor in front of it.
 * Returns why not as text.
 */
export function addActor(principal: Principal, actor: Principal, claims: JWTPayload): Principal | string {
  if (!mayAct(claims['may_act'], actor)) return 'the claim "may_act" of the subject names another actor (RFC 8693 §4.4)';
  const name = toActor(actor.issuer, actor.subject, principal.issuer);
  const before = actor.actChain.map((each) => (actor.issuer === principal.issuer || each.includes('|') ? each : `${actor.issuer}|${each}`));
  const actChain = [...before, name, ...principal.actChain];
  return actChain.length > maximumActors ? `more than ${maximumActors} act for the subject` : { ...principal, actChain };
}

/** Without the claim, whoever holds both tokens may. */
function mayAct(claim: unknown, { issuer, subject }: Principal): boolean {
  if (claim === undefined) return true;
  const { iss, sub } = (claim ?? {}) as { iss?: unknown; sub?: unknown };
  return (iss === undefined || iss === issuer) && sub === subject;
}
