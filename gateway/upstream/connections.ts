import { buildConnector, Pool } from 'undici';
import type { Config, Connection } from '../config.ts';
import { type Credential, createCredential } from './credential.ts';

export type Upstream = {
  readonly name: string;
  readonly pool: Pool;
  readonly origin: string /** Of the endpoint, without a slash at the end. */;
  readonly basePath: string;
  readonly credential: Credential;
};

type PersonalCredential = Credential & { readonly connection: string };

/** One connection pool per configured connection to BigQuery. */
export class Connections {
  readonly #byName = new Map<string, Upstream>();
  readonly #byProject = new Map<string, Upstream>();

  /** `personal`: of those connections that work with each person's own account. */
  constructor(connections: readonly Connection[], limits: Config['limits'], personal: readonly PersonalCredential[] = []) {
    for (const connection of connections) {
      const credential = personal.find((each) => each.connection === connection.name) ?? createCredential(connection.credentials);
      const upstream = open(connection, limits, credential);
      this.#byName.set(connection.name, upstream);
      for (const project of connection.projects) this.#byProject.set(project, upstream);
    }
  }

  forProject(projectId: string): Upstream | undefined {
    return this.#byProject.get(projectId) ?? this.#byProject.get('*');
  }

  byName(name: string): Upstream {
    return this.#byName.get(name)!;
  }

  all(): readonly Upstream[] {
    return [...this.#byName.values()];
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map(({ pool }) => pool.close()));
  }
}

const connector = buildConnector({ timeout: 10_000 });

/**
 * Every error of a connection ends it, and is what it is. Where the end of an answer is the end of its connection, undici takes a reset
 * for that end (macOS resets after an orderly one, too): a cut answer would pass for a whole one. And after a failure of TLS Node leaves
 * the socket open: nothing would come of it until the answer times out.
 */
const connect: buildConnector.connector = (options, callback) =>
  connector(options, (...outcome) => {
    const socket = outcome[1];
    socket?.prependListener('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') error.code = 'EPIPE';
      socket.destroy();
    });
    callback(...outcome);
  });

function open({ name, endpoint }: Connection, limits: Config['limits'], credential: Credential): Upstream {
  const url = new URL(endpoint);
  const bodyTimeout = limits.upstreamSilenceSeconds * 1000;
  const pool = new Pool(url.origin, {
    connections: limits.connectionsPerUpstream,
    pipelining: 1,
    keepAliveTimeout: 60_000,
    // With the default longer than any client may ask BigQuery to wait (timeoutMs is at most 200 s).
    headersTimeout: bodyTimeout * 2,
    bodyTimeout,
    connect,
  });
  return { name, pool, origin: url.origin, basePath: url.pathname.replace(/\/$/, ''), credential };
}
