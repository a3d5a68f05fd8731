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
const nothingUsed = { context: {}, contextKey: '' };

/** Asks one policy set. Answers are remembered by everything they depend on, which is little: see `contextUsed`. */
export class Judge {
  readonly policy: PolicySet;
  readonly #remembered = new Map<string, Verdict>();

  constructor(policy: PolicySet) {
    this.policy = policy;
  }

  judge(principal: Principal, wish: Wish, input: ContextInput): Verdict {
    const { context, contextKey } = this.#contextOf(input);
    const key = `${toPrincipalEntity(principal).key}\n${wish.action}\n${wish.resource.type}\n${wish.resource.id}\n${contextKey}`;
    return this.#remembered.get(key) ?? this.#remember(key, this.#ask(principal, wish, context));
  }

  /** Whether some resource may be there for which this action is permitted: for statements without tables, and for lists. */
  mayAnything(principal: Principal, action: string, input: ContextInput): boolean {
    const { context, contextKey } = this.#contextOf(input);
    const { uid, entity, key: principalKey } = toPrincipalEntity(principal);
    const key = `${principalKey}\n${action}\nanything\n${contextKey}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known.allowed;
    const answer = cedar.isAuthorizedPartial({
      principal: uid,
      action: toUid('Action', action),
      resource: null,
      context,
      policies: { staticPolicies: this.policy.policies },
      entities: [entity],
    });
    const allowed = answer.type === 'residuals' && answer.response.decision !== 'deny' && this.#mayBePermitted(answer.response);
    return this.#remember(key, { allowed, rules: [] }).allowed;
  }

  #contextOf(input: ContextInput): { readonly context: cedar.Context; readonly contextKey: string } {
    if (this.policy.contextUsed.size === 0) return nothingUsed;
    const context = toContext(input, this.policy.contextUsed);
    return { context, contextKey: JSON.stringify(context) };
  }

  #mayBePermitted({ mayBeDetermining, residuals }: cedar.ResidualResponse): boolean {
    return mayBeDetermining.some(
      (id) => this.policy.rules.get(id)?.effect === 'permit' && residuals[id]!.conditions.every(({ body }) => canHold(body)),
    );
  }

  /** An engine that fails is an answer too: no. */
  #ask(principal: Principal, wish: Wish, context: cedar.Context): Verdict {
    try {
      return this.#askCedar(principal, wish, context);
    } catch (error) {
      return { allowed: false, rules: [], error: `the policy engine failed: ${String(error).slice(0, 200)}` };
    }
  }

  #askCedar(principal: Principal, { action, resource }: Wish, context: cedar.Context): Verdict {
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

/** Cedar leaves `unknown && false` as it is; no resource makes it true. */
function canHold(expression: cedar.Expr): boolean {
  if ('Value' in expression) return expression['Value'] !== false;
  const both = (expression as { '&&'?: { left: cedar.Expr; right: cedar.Expr } })['&&'];
  return both === undefined || (canHold(both.left) && canHold(both.right));
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
