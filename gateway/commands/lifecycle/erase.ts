import { erased } from '../../admin/lifecycle-schemas.ts';
import { requireConfig } from '../require-config.ts';
import { askLifecycle } from './ask-lifecycle.ts';

export type EraseOptions = {
  readonly config: string;
  readonly subject: readonly [issuer: string, subject: string] | readonly string[];
  readonly by: string;
  readonly reason: string;
  readonly close?: boolean;
};

/** Destroys the key of a subject, and so every recording of it. */
export async function erase(options: EraseOptions): Promise<void> {
  const [issuer, subject, ...more] = options.subject;
  if (issuer === undefined || subject === undefined || more.length > 0)
    throw new Error('Write --subject ISSUER SUBJECT, both as in the token ("iss", "sub").');
  const { by, reason, close: closeOpen = false } = options;
  const done = erased.parse(
    await askLifecycle(await requireConfig(options.config), 'erasures', 'POST', { issuer, subject, by, reason, closeOpen }),
  );
  const closed = done.closed === 0 ? '' : `; ${done.closed} were open and closed first`;
  console.log(
    [`${done.sessions} recordings of the subject can be read by nobody any more${closed}.`, `receipt   ${done.receipt}`].join('\n'),
  );
}
