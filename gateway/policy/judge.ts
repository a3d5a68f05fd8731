import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { Principal, Resource, Wish } from '../exchange.ts';
import type { ContextInput } from './context.ts';
import { toContext } from './context.ts';
import type { PolicySet } from './policy-set.ts';
import { toPrincipalEntity, toResourceEntities, toUid } from './to-entities.ts';

export type Verdict = {
  readonly allowed: boolean;
  readonly rules: readonly string[] /** An evaluation error: always denied. */;
  readonly error?: string;
};

const maximumRemembered = 50_000;

/** Asks one policy set. Answers are remembered by everything they depend on, which is little: see `contextUsed`. */
export class Judge {
  readonly policy: PolicySet;
  readonly #remembered = new Map<string, Verdict>();

  constructor(policy: PolicySet) {
    this.policy = policy;
  }

  judge(principal: Principal, wish: Wish, input: ContextInput): Verdict {
    const context = this.policy.contextUsed.size === 0 ? {} : toContext(input, this.policy.contextUsed);
    const { key: principalKey } = toPrincipalEntity(principal);
    const key = `${principalKey}\n${wish.action}\n${wish.resource.type}\n${wish.resource.id}\n${this.policy.contextUsed.size === 0 ? '' : JSON.stringify(context)}`;
    return this.#remembered.get(key) ?? this.#remember(key, this.#ask(principal, wish, context));
  }

  /** Whether some resource may be there for which this action is permitted: for statements without tables, and for lists. */
  mayAnything(principal: Principal, action: string): boolean {
    const key = `${toPrincipalEntity(principal).key}\n${action}\nanything`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known.allowed;
    const { uid, entity } = toPrincipalEntity(principal);
    const answer = cedar.isAuthorizedPartial({
      principal: uid,
      action: toUid('Action', action),
      resource: null,
      context: {},
      policies: { staticPolicies: this.policy.policies },
      entities: [entity],
    });
    const allowed =
      answer.type === 'residuals' && answer.response.decision !== 'deny' && this.#mayBePermitted(answer.response.mayBeDetermining);
    this.#remember(key, { allowed, rules: [] });
    return allowed;
  }

  #mayBePermitted(determining: readonly string[]): boolean {
    return determining.some((id) => this.policy.rules.get(id)?.effect === 'permit');
  }

  #ask(principal: Principal, { action, resource }: Wish, context: cedar.Context): Verdict {
    const { uid, entity } = toPrincipalEntity(principal);
    const answer = cedar.statefulIsAuthorized({
      principal: uid,
      action: toUid('Action', action),
      resource: toUid(resource.type, resource.id),
      context,
      preparsedPolicySetId: this.policy.name,
      entities: [entity, ...toResourceEntities(resource)],
    });
    if (answer.type === 'failure') return { allowed: false, rules: [], error: answer.errors[0]?.message ?? 'the policy engine failed' };
    const { decision, diagnostics } = answer.response;
    const failed = diagnostics.errors[0];
    // Cedar skips a rule that fails; a forbid that was skipped must not let anything pass.
    if (failed !== undefined) return { allowed: false, rules: [failed.policyId], error: failed.error.message };
    return { allowed: decision === 'allow', rules: diagnostics.reason };
  }

  #remember(key: string, verdict: Verdict): Verdict {
    if (this.#remembered.size >= maximumRemembered) this.#remembered.clear();
    this.#remembered.set(key, verdict);
    return verdict;
  }
}

/** As clients know it from BigQuery: `Table p:d.t`. */
export function describeResource({ type, id }: Resource): string {
  const [projectId, ...rest] = splitProject(id);
  return rest.length === 0 ? `${type} ${projectId}` : `${type} ${projectId}:${rest.join('.')}`;
}

/** A project id may hold a domain (`example.com:name`), so ids are split from the known number of parts on the right where one exists. */
const splitProject = (id: string): string[] => {
  const colon = id.indexOf(':');
  const dot = id.indexOf('.', colon < 0 ? 0 : colon);
  return dot < 0 ? [id] : [id.slice(0, dot), id.slice(dot + 1)];
};
