// Reads the journal's sessions once and answers with all of them.
import { parentPort, workerData } from 'node:worker_threads';
import { listSessions } from '../record/list-sessions.ts';
import type { Reading, SessionOfPerson } from './recorded-sessions.ts';

const begunAt = performance.now();
const sessions = listSessions(String(workerData)).flatMap(({ principal, startedAt, lastAt, ...session }): SessionOfPerson[] =>
  principal === undefined
    ? []
    : [
        {
          sessionId: session.sessionId,
          name: session.name,
          state: session.state,
          exchanges: session.exchanges,
          issuer: principal.issuer,
          subject: principal.subject,
          startedAt: Date.parse(startedAt),
          lastAt: Date.parse(lastAt),
        },
      ],
);
parentPort?.postMessage({ sessions, tookMs: performance.now() - begunAt } satisfies Reading);
