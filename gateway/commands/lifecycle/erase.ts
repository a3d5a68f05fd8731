import type * as z from 'zod';
import { erased, erasurePreview } from '../../admin/lifecycle-schemas.ts';
import { requireConfig } from '../require-config.ts';
import { askLifecycle } from './ask-lifecycle.ts';

export type EraseOptions = {
  readonly config: string;
  readonly subject: readonly [issuer: string, subject: string] | readonly string[];
  readonly by: string;
  readonly reason: string;
  readonly close?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

/** Destroys the key of a subject, and so every recording of it; or says what that would take. A dry run exits 1 where something is in its way. */
export async function erase(options: EraseOptions): Promise<void> {
  const [issuer, subject, ...more] = options.subject;
  if (issuer === undefined || subject === undefined || more.length > 0)
    throw new Error('Write --subject ISSUER SUBJECT, both as in the token ("iss", "sub").');
  const { by, reason, close: closeOpen = false, json } = options;
  if (options.dryRun === true) return await preview(options, { issuer, subject });
  const done = erased.parse(
    await askLifecycle(await requireConfig(options.config), 'erasures', 'POST', { issuer, subject, by, reason, closeOpen }),
  );
  if (json === true) return console.log(JSON.stringify(done, undefined, 2));
  const closed = done.closed === 0 ? '' : `; ${done.closed} were open and closed first`;
  console.log(
    [`${done.sessions} recordings of the subject can be read by nobody any more${closed}.`, `receipt   ${done.receipt}`].join('\n'),
  );
}

async function preview({ config, json, close }: EraseOptions, subject: { issuer: string; subject: string }): Promise<void> {
  const found = erasurePreview.parse(await askLifecycle(await requireConfig(config), 'erasures/preview', 'POST', subject));
  console.log(json === true ? JSON.stringify(found, undefined, 2) : formatPreview(found, close === true).join('\n'));
  process.exitCode = found.heldBy.length > 0 || (found.open.length > 0 && close !== true) ? 1 : 0;
}

function formatPreview({ recordings, open, heldBy }: z.output<typeof erasurePreview>, close: boolean): string[] {
  return [
    `Nothing was changed. ${recordings.length} recordings of the subject would be read by nobody any more:`,
    ...recordings.map(({ name, sessionId, closedAt }) => `  ${closedAt}  ${name} (${sessionId})`),
    ...open.map(
      ({ name, sessionId }) => `open      ${name} (${sessionId}): ${close ? 'closed first' : 'close it first, or erase with --close'}`,
    ),
    ...heldBy.map((name) => `held      by "${name}": lift it first (steno hold lift NAME), if whoever placed it agrees`),
  ];
}
