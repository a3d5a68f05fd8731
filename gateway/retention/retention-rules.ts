import type { ContentMode, RetentionConfig, RetentionRule } from '../config-retention.ts';
import { addDuration, type Duration, formatDuration } from '../duration.ts';

/** What rules look at: the connections a session used, and every group its principal was seen in. */
export type RuleSubject = { readonly connections: readonly string[]; readonly groups: readonly string[] };

export type RetentionClass = {
  /** Name of the rule that decides, `default`, or `none` where nothing is configured. */
  readonly rule: string;
  readonly keep: Duration | 'forever';
};

/** A rule applies when each kind of thing that it names was met: one of its connections, and one of its groups. */
function applies(rule: RetentionRule, { connections, groups }: RuleSubject): boolean {
  const meets = (wanted: readonly string[] | undefined, found: readonly string[]): boolean =>
    wanted === undefined || wanted.some((each) => found.includes(each));
  return meets(rule.connections, connections) && meets(rule.groups, groups);
}

/** Of the rules that apply the longest wins, seen from `from`; `default` counts where none applies. */
export function classify(config: RetentionConfig | undefined, subject: RuleSubject, from: Date): RetentionClass {
  if (config === undefined) return { rule: 'none', keep: 'forever' };
  const found = config.rules.flatMap((rule, index) =>
    rule.keep !== undefined && applies(rule, subject) ? [{ rule: nameOf(rule, index), keep: rule.keep }] : [],
  );
  const longest = found.reduce<RetentionClass | undefined>(
    (best, each) => (best === undefined || endOf(each.keep, from) > endOf(best.keep, from) ? each : best),
    undefined,
  );
  return longest ?? { rule: 'default', keep: config.default };
}

/** The strictest rule that applies decides: content that was not to be kept cannot be taken back. */
export function contentModeOf(config: RetentionConfig | undefined, subject: RuleSubject): ContentMode {
  if (config === undefined) return 'full';
  const modes = config.rules.flatMap((rule) => (rule.content !== undefined && applies(rule, subject) ? [rule.content] : []));
  if (modes.length === 0) return config.content;
  return modes.includes('content-free') ? 'content-free' : 'full';
}

/** `undefined`: kept for ever. */
export const retainUntil = ({ keep }: RetentionClass, from: Date): Date | undefined =>
  keep === 'forever' ? undefined : addDuration(from, keep);

export const formatKeep = (keep: Duration | 'forever'): string => (keep === 'forever' ? keep : formatDuration(keep));

const nameOf = (rule: RetentionRule, index: number): string => rule.name ?? `rule ${index + 1}`;
const endOf = (keep: Duration | 'forever', from: Date): number =>
  keep === 'forever' ? Number.POSITIVE_INFINITY : addDuration(from, keep).getTime();
