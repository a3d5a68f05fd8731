import type * as z from 'zod';
import { deletionRun, plan } from '../../admin/lifecycle-schemas.ts';
import { requireConfig } from '../require-config.ts';
import { askLifecycle } from './ask-lifecycle.ts';
import { toInstant } from './to-instant.ts';

type Deletion = z.output<typeof plan>['deletions'][number];

/** Prints what a sweep at a moment would delete, when and by which rule, and what a hold keeps. */
export async function previewRetention(options: { readonly config: string; readonly at?: string; readonly json?: boolean }): Promise<void> {
  const config = await requireConfig(options.config);
  const at = options.at === undefined ? new Date() : toInstant('--at', options.at);
  const found = plan.parse(await askLifecycle(config, `retention/preview?at=${encodeURIComponent(at.toISOString())}`, 'GET'));
  console.log(options.json ? JSON.stringify(found, undefined, 2) : formatPlan(found).join('\n'));
}

export async function runRetention(options: {
  readonly config: string;
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}): Promise<void> {
  const { by, reason } = options;
  const run = deletionRun.parse(await askLifecycle(await requireConfig(options.config), 'retention/run', 'POST', { by, reason }));
  console.log(options.json ? JSON.stringify(run, undefined, 2) : formatRun(run).join('\n'));
  if (run.unfinished.length > 0) process.exitCode = 1;
}

export function formatPlan({ at, deletions, held, kept }: z.output<typeof plan>): string[] {
  const head =
    deletions.length === 0
      ? [`Nothing would be deleted by ${at}.`]
      : [`By ${at} these would be deleted:`, ...deletions.map(formatDeletion)];
  const holds =
    held.length === 0 ? [] : ['Kept by a hold alone:', ...held.map((each) => `${formatDeletion(each)}  held by ${each.heldBy.join(', ')}`)];
  return [...head, ...holds, `${kept} recordings stay.`];
}

function formatRun({ deleted, held, unfinished }: z.output<typeof deletionRun>): string[] {
  return [
    `${deleted.length} recordings were deleted${held.length === 0 ? '' : `, ${held.length} are kept by a hold`}.`,
    ...deleted.map((each) => `${formatDeletion(each)}  receipt ${each.receipt}`),
    ...unfinished.map(({ sessionId, why }) => `not finished: ${sessionId} ${why}`),
  ];
}

const formatDeletion = ({ deleteAt, rule, keep, name, sessionId }: Deletion): string =>
  `  ${deleteAt}  ${`${rule} (${keep})`.padEnd(20)}  ${name} (${sessionId})`;
