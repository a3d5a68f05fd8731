import { z } from 'zod';
import type { RecordingManifest } from '../archive/recording-manifest.ts';

const instant = z.iso.datetime({ error: 'must be a UTC time such as 2026-03-01T00:00:00Z' });

/** What a hold covers: recordings that meet every criterion named. At least one is. */
export const holdScopeSchema = z
  .strictObject({
    /** Its id; whoever asks may give its name. */
    session: z.string().min(1).max(1_024).optional(),
    principal: z.strictObject({ issuer: z.string().min(1), subject: z.string().min(1) }).optional(),
    connection: z.string().min(1).optional(),
    /** Recordings under way at any moment from `from` up to `to`. */
    from: instant.optional(),
    to: instant.optional(),
  })
  .refine((scope) => Object.values(scope).some((value) => value !== undefined), 'name a session, a principal, a connection or a time')
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, '"from" must be before "to"');

export type HoldScope = z.output<typeof holdScopeSchema>;

const word = z.string().min(1).max(1_024);
const place = z.strictObject({ index: z.int().nonnegative(), text: z.string() });

export const holdSchema = z.strictObject({
  holdId: z.uuid(),
  /** What people call it: a case, a matter. One standing hold a name. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$/, 'must be letters, digits, spaces and . _ -, at most 80'),
  scope: holdScopeSchema,
  /** Of the digest that the writer log names in place of the scope. */
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  by: word,
  reason: z.string().max(2_000).optional(),
  placedAt: z.iso.datetime(),
  /** Its leaf; missing while a crash kept it from being written. */
  placed: place.optional(),
  /** Recordings that the store holds because of it. */
  sessions: z.array(z.uuid()),
});

export type Hold = z.output<typeof holdSchema>;

/** What a scope is compared with. */
export type HeldRecording = Pick<RecordingManifest, 'sessionId' | 'startedAt' | 'closedAt'> & {
  readonly connections: readonly string[];
  readonly isOf: (principal: { readonly issuer: string; readonly subject: string }) => boolean;
};

export function covers(scope: HoldScope, recording: HeldRecording): boolean {
  const { session, principal, connection, from, to } = scope;
  if (session !== undefined && session !== recording.sessionId) return false;
  if (principal !== undefined && !recording.isOf(principal)) return false;
  if (connection !== undefined && !recording.connections.includes(connection)) return false;
  if (from !== undefined && Date.parse(recording.closedAt) < Date.parse(from)) return false;
  return to === undefined || Date.parse(recording.startedAt) < Date.parse(to);
}

/** For people: what a hold covers, in one line. */
export function describeScope({ session, principal, connection, from, to }: HoldScope): string {
  return [
    ...(session === undefined ? [] : [`session ${session}`]),
    ...(principal === undefined ? [] : [`principal ${principal.subject} of ${principal.issuer}`]),
    ...(connection === undefined ? [] : [`connection ${connection}`]),
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(to === undefined ? [] : [`to ${to}`]),
  ].join(', ');
}
