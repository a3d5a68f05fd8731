import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeerCertificate } from 'node:tls';
import { Agent, fetch } from 'undici';
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
export type AdminClient = {
  listSessions(): Promise<readonly OpenSession[]>;
  closeSession(sessionId: string): Promise<void>;
  /** Any other question: a path below /admin. Throws NoGateway when none runs. */
  ask(path: string, method: 'GET' | 'POST', json?: unknown): Promise<unknown>;
  /** Ids of the keys that verify afterwards. */
  rotateTokenKeys(order: { readonly endOld: boolean }): Promise<readonly string[]>;
};

/** Nobody listens where the configuration says. */
export class NoGateway extends Error {
  override readonly name = 'NoGateway';
}

export function createAdminClient({ admin, dataDirectory, publicUrl }: Config): AdminClient {
  const { listen, tls } = admin;
  const host = listen.host === '0.0.0.0' || listen.host === '::' ? 'localhost' : listen.host;
  const base = `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${listen.port}`;

  async function ask(path: string, method: string, json?: unknown): Promise<unknown> {
    const token = await readFile(join(dataDirectory, 'admin-token'), 'utf8').catch(() => {
      throw new Error(`No admin token in ${dataDirectory}: has the gateway run with this configuration?`);
    });
    const answer = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token.trim()}`, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(tls === undefined ? {} : { dispatcher: await trusting(tls, publicUrl) }),
    }).catch((error: Error) => {
      const why = tls === undefined ? '' : ` (${String((error.cause as Error | undefined)?.message ?? error.message)})`;
      throw new NoGateway(`No gateway answers at ${base}${why}: start it, or check admin.listen.`);
    });
    const body = (await answer.json()) as { error?: string };
    if (!answer.ok) throw new Error(body.error ?? `The gateway answered ${answer.status}.`);
    return body;
  }

  return {
    ask: (path, method, json) => ask(`/admin/${path}`, method, json),
    listSessions: async () => ((await ask('/admin/sessions', 'GET')) as { sessions: OpenSession[] }).sessions,
    closeSession: async (sessionId) => {
      await ask(`/admin/sessions/${encodeURIComponent(sessionId)}/close`, 'POST');
    },
    rotateTokenKeys: async (order) => ((await ask('/admin/token-keys/rotate', 'POST', order)) as { keys: string[] }).keys,
  };
}

/** The configuration is at hand, so nobody else need be trusted: the very certificate it names, or what its own CA vouches for. */
async function trusting(tls: NonNullable<Config['admin']['tls']>, publicUrl: string | undefined): Promise<Agent> {
  if ('certificateAuthority' in tls)
    return new Agent({
      connect: { ca: await readFile(join(tls.certificateAuthority, 'ca.crt'), 'utf8'), servername: new URL(publicUrl!).hostname },
    });
  const pem = await readFile(tls.certificate, 'utf8');
  const { fingerprint256 } = new X509Certificate(pem);
  const checkServerIdentity = (_name: string, peer: PeerCertificate): Error | undefined =>
    peer.fingerprint256 === fingerprint256 ? undefined : new Error('another certificate than admin.tls names');
  return new Agent({ connect: { ca: pem, allowPartialTrustChain: true, checkServerIdentity } });
}
