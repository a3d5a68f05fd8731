import type { Principal, Wish } from '../exchange.ts';
import type { ContextInput } from './context.ts';
import type { Judge, Verdict } from './judge.ts';

/** Whether the principal may do this to the resource, or to something in it that a rule names. */
export function mayReach(judge: Judge, principal: Principal, wish: Wish, input: ContextInput): Verdict {
  const whole = judge.judge(principal, wish, input);
  if (whole.allowed || whole.error !== undefined) return whole;
  const within = `${wish.resource.id}.`;
  for (const [type, names] of [
    ['Dataset', judge.policy.datasetsNamed],
    ['Table', judge.policy.tablesNamed],
  ] as const) {
    for (const id of names) {
      if (!id.startsWith(within)) continue;
      const inner = judge.judge(principal, { action: wish.action, resource: { type, id } }, input);
      if (inner.allowed) return inner;
    }
  }
  return whole;
}
