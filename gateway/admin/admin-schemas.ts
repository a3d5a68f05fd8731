import * as z from 'zod';

/** Shapes of the admin API; its OpenAPI document is made of them. */
export const adminError = z.object({ error: z.string().describe('What is wrong, with the remedy') });

export const health = z.object({ status: z.literal('ok') });

export const readiness = z.object({
  ready: z.boolean(),
  reasons: z.array(z.string()).describe('Why no exchange would be accepted now'),
  alarms: z.array(z.string()).describe('What a human should look at while work goes on'),
});

const openSession = z.object({
  sessionId: z.string(),
  name: z.string(),
  issuer: z.string(),
  subject: z.string(),
  startedAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
});

export const openSessions = z.object({ sessions: z.array(openSession) });
export const closedSession = z.object({ closed: z.string().describe('Id of the session, sealed and ready to be exported') });
export const sessionParameters = z.object({ id: z.string().describe('Id of an open session') });

export const policyState = z.object({
  digest: z.string().optional().describe('SHA-256 of the policy in force, as decisions are recorded with'),
  mistakes: z
    .array(z.object({ file: z.string(), message: z.string() }))
    .describe('Of the files as they are now; while there are any, the last good policy stays in force'),
});
