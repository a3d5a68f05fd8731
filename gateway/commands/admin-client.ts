import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';

export type OpenSession = {
  readonly sessionId: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly startedAt: string;
  readonly lastSeenAt: string;
};

/** What the command line asks of a gateway that runs on this machine. */
export type AdminClient = { listSessions(): Promise<readonly OpenSession[]>; closeSession(sessionId: string): Promise<void> };

export function createAdminClient({ admin, dataDirectory }: Config): AdminClient {
  const { host, port } = admin.listen;
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

  async function ask(path: string, method: string): Promise<unknown> {
    const token = await readFile(join(dataDirectory, 'admin-token'), 'utf8').catch(() => {
      throw new Error(`No admin token in ${dataDirectory}: has the gateway run with this configuration?`);
    });
    const answer = await fetch(base + path, { method, headers: { authorization: `Bearer ${token.trim()}` } }).catch(() => {
      throw new Error(`No gateway answers at ${base}: start it, or check admin.listen.`);
    });
    const body = (await answer.json()) as { error?: string };
    if (!answer.ok) throw new Error(body.error ?? `The gateway answered ${answer.status}.`);
    return body;
  }

  return {
    listSessions: async () => ((await ask('/admin/sessions', 'GET')) as { sessions: OpenSession[] }).sessions,
    closeSession: async (sessionId) => {
      await ask(`/admin/sessions/${encodeURIComponent(sessionId)}/close`, 'POST');
    },
  };
}
