import { hash } from 'node:crypto';
import { leafHash, NO_HASH } from '../merkle-tree.ts';
import type { BundlePlan } from './plan-bundle.ts';

type Edit = (line: string) => string;

/** As a recorder would have written it that writes otherwise than ours: the first disclosure that `disclosure` changes, all leaves, and their chain. */
export function rewritePlan(plan: BundlePlan, { disclosure = same, leaf = same }: { disclosure?: Edit; leaf?: Edit }): BundlePlan {
  const at = plan.disclosures.findIndex((line) => disclosure(line) !== line);
  const [from, to] = at < 0 ? ['', ''] : [plan.disclosures[at]!, disclosure(plan.disclosures[at]!)];
  if (at >= 0) plan.disclosures[at] = to;
  if (at >= 0) archiveAgain(plan, to);
  let prev = NO_HASH;
  for (const [seq, line] of plan.leaves.entries()) {
    const named = at < 0 ? line : line.replaceAll(digestOf(from), digestOf(to));
    const chained = leaf(named).replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${prev}"`);
    plan.leaves[seq] = chained;
    prev = leafHash(chained);
  }
  return plan;
}

/** What the archive says of the first exchange follows. */
function archiveAgain({ records }: BundlePlan, disclosure: string): void {
  const [, name, value] = parsed(disclosure) ?? [];
  const first = records[0];
  if (first?.kind === 'exchange' && (name === 'request' || name === 'response')) first.input = { ...first.input, [name]: value };
}

function parsed(line: string): [string, string, object] | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const same: Edit = (line) => line;
const digestOf = (line: string): string => hash('sha256', line, 'hex');
