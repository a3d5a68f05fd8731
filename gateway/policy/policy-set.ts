import { createHash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { err, ok, type Result } from '../../shared/base/result.ts';

export type PolicyFile = { readonly name: string; readonly text: string };
export type PolicyMistake = { readonly file: string; readonly message: string };

/** What a rule's annotations tell the gateway to do with it. */
type Rule = {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly reason: string | undefined;
  readonly approval: boolean;
  readonly mask: string | undefined;
};

export type PolicySet = {
  /** SHA-256 in hex over the schema and every file: stands in every record. */
  readonly digest: string;
  readonly rules: ReadonlyMap<string, Rule>;
  /** The parts of the context that some rule looks at: a decision depends on nothing else of it. */
  readonly contextUsed: ReadonlySet<string>;
  /** Ids of the datasets, tables and columns that rules name one by one. */
  readonly datasetsNamed: ReadonlySet<string>;
  readonly tablesNamed: ReadonlySet<string>;
  readonly columnsNamed: ReadonlySet<string>;
  /** Under which the set is pre-parsed inside Cedar. */
  readonly name: string;
  /** For partial evaluation, which cannot use a pre-parsed set. */
  readonly policies: Readonly<Record<string, string>>;
};

/** Parses and validates all files against the schema. Every mistake is reported, each with its file. */
export function parsePolicySet(files: readonly PolicyFile[], schema: string): Result<PolicySet, readonly PolicyMistake[]> {
  const mistakes: PolicyMistake[] = [];
  const policies: Record<string, string> = {};
  const rules = new Map<string, Rule>();
  const names: Names = { context: new Set(), datasets: new Set(), tables: new Set(), columns: new Set() };
  for (const file of files) {
    const parts = cedar.policySetTextToParts(joinApprovalArguments(file.text));
    if (parts.type === 'failure') {
      mistakes.push(...parts.errors.map((each) => ({ file: file.name, message: each.message })));
      continue;
    }
    if (parts.policy_templates.length > 0) mistakes.push({ file: file.name, message: 'templates are not offered: write the policy out' });
    for (const [index, text] of parts.policies.entries()) {
      const rule = readRule(text, `${file.name.replace(/\.cedar$/, '')}#${index + 1}`, names);
      if (policies[rule.id] !== undefined) mistakes.push({ file: file.name, message: `two rules have the @id("${rule.id}")` });
      policies[rule.id] = text;
      rules.set(rule.id, rule);
    }
  }
  if (mistakes.length === 0) mistakes.push(...validate(policies, schema));
  if (mistakes.length > 0) return err(mistakes);
  const digest = digestOf(files, schema);
  const parsed = cedar.preparsePolicySet(digest, { staticPolicies: policies });
  if (parsed.type === 'failure') return err(parsed.errors.map((each) => ({ file: '(all)', message: each.message })));
  return ok({
    digest,
    rules,
    policies,
    name: digest,
    contextUsed: names.context,
    datasetsNamed: names.datasets,
    tablesNamed: names.tables,
    columnsNamed: names.columns,
  });
}

/** Cedar's annotations take one string; ours may name group and time-out as two: `@approval("owners", "2h")` is read as `@approval("owners, 2h")`. */
const joinApprovalArguments = (text: string): string => text.replace(/(@approval\(\s*"[^"\\\n]*)"\s*,\s*"([^"\\\n]*"\s*\))/g, '$1, $2');

function validate(policies: Record<string, string>, schema: string): PolicyMistake[] {
  const answer = cedar.validate({ schema, policies: { staticPolicies: policies } });
  if (answer.type === 'failure') return answer.errors.map((each) => ({ file: '(all)', message: each.message }));
  return answer.validationErrors.map(({ policyId, error }) => ({
    file: `@id("${policyId}")`,
    message: [error.message, error.help].filter(Boolean).join('; '),
  }));
}

type Names = { readonly context: Set<string>; readonly datasets: Set<string>; readonly tables: Set<string>; readonly columns: Set<string> };

function readRule(text: string, fallbackId: string, names: Names): Rule {
  const answer = cedar.policyToJson(text);
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message ?? 'The rule could not be read');
  collectNames(answer.json, names);
  const { annotations = {}, effect } = answer.json;
  return {
    id: annotations['id'] ?? fallbackId,
    effect,
    reason: annotations['reason'],
    approval: annotations['approval'] !== undefined,
    mask: annotations['mask'],
  };
}

/** Walks a policy's JSON for the entities it names and the context it reads. */
function collectNames(node: unknown, names: Names): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, id, left, attr } = node as Record<string, unknown>;
  if (type === 'Dataset' && typeof id === 'string') names.datasets.add(id);
  if (type === 'Table' && typeof id === 'string') names.tables.add(id);
  if (type === 'Column' && typeof id === 'string') names.columns.add(id);
  if (isContext(left) && attr !== undefined) {
    for (const each of [attr].flat()) names.context.add(String(each));
    return;
  }
  if (isContext(node)) names.context.add('*');
  for (const value of Object.values(node)) collectNames(value, names);
}

const isContext = (node: unknown): boolean => (node as { Var?: unknown } | undefined)?.Var === 'context';

function digestOf(files: readonly PolicyFile[], schema: string): string {
  const digest = createHash('sha256').update(
    JSON.stringify([schema, ...[...files].sort((a, b) => (a.name < b.name ? -1 : 1)).map((each) => [each.name, each.text])]),
  );
  return digest.digest('hex');
}
