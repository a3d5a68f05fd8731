import { createHash } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';
import { aKey } from './key.ts';

/** What a client saw of one request. */
export type ClientEntry = {
  readonly key: string;
  readonly kind: 'query' | 'job' | 'rows';
  /** The answer, if it came to its end by HTTP's own rules. */
  complete: { readonly status: number; readonly sha256: string; readonly retryAfter: string | undefined; readonly at: number } | undefined;
};

export type Crowd = {
  readonly entries: ReadonlyMap<string, ClientEntry>;
  /** How many are waiting for an answer now. */
  readonly underWay: number;
  /** Lets the clients go on; they stop by themselves when the connection is refused. */
  go(): void;
  /** No client sends anything more; resolves when the last answer came or broke. */
  end(): Promise<void>;
};

export type CrowdOptions = {
  readonly port: number;
  readonly tokens: readonly string[];
  readonly clients: number;
  readonly seed: number;
  /** Milliseconds a client waits between two requests; none unless told. */
  readonly pauseMs?: number;
};

/** Clients who each send one request after the other, of three kinds; some leave before the answer is whole. */
export function startCrowd(options: CrowdOptions): Crowd {
  const entries = new Map<string, ClientEntry>();
  const agent = new Agent({ keepAlive: true, maxSockets: options.clients });
  const gate = new Gate();
  let isEnding = false;
  let underWay = 0;
  const client = async (index: number): Promise<void> => {
    const random = createRandom(options.seed * 10_007 + index);
    for (let turn = 0; !isEnding; turn += 1) {
      await gate.passed();
      if (isEnding) return;
      const entry = anEntry(aKey(options.seed, index, turn), random);
      entries.set(entry.key, entry);
      underWay += 1;
      const outcome = await send(options, agent, entry, options.tokens[index % options.tokens.length]!, random() < 0.04);
      underWay -= 1;
      if (outcome === 'refused') gate.shut();
      if (options.pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, random() * options.pauseMs! * 2));
    }
  };
  const all = Promise.all(Array.from({ length: options.clients }, (_, index) => client(index)));
  return {
    entries,
    get underWay() {
      return underWay;
    },
    go: () => gate.open(),
    async end() {
      isEnding = true;
      gate.open();
      await all;
      agent.destroy();
    },
  };
}

/** Shut at first. */
class Gate {
  #waiting = Promise.withResolvers<void>();
  #isOpen = false;

  passed(): Promise<void> {
    return this.#waiting.promise;
  }

  open(): void {
    this.#isOpen = true;
    this.#waiting.resolve();
  }

  shut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#waiting = Promise.withResolvers<void>();
  }
}

function anEntry(key: string, random: () => number): ClientEntry {
  const dice = random();
  return { key, kind: dice < 0.45 ? 'query' : dice < 0.75 ? 'job' : 'rows', complete: undefined };
}

type Outcome = 'complete' | 'broken' | 'refused';

function send({ port }: CrowdOptions, agent: Agent, entry: ClientEntry, token: string, leaves: boolean): Promise<Outcome> {
  const { method, path, body } = toRequest(entry);
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const asked = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) =>
      receive(response, entry, leaves, resolve),
    );
    asked.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'broken'));
    asked.end(body);
  });
}

function receive(response: IncomingMessage, entry: ClientEntry, leaves: boolean, resolve: (outcome: Outcome) => void): void {
  const hash = createHash('sha256');
  response.on('data', (piece: Buffer) => {
    hash.update(piece);
    if (leaves) response.destroy();
  });
  response.on('error', () => undefined);
  response.on('close', () => {
    const { statusCode: status, headers } = response;
    if (response.complete && !leaves)
      entry.complete = { status: status!, sha256: hash.digest('hex'), retryAfter: headers['retry-after'], at: Date.now() };
    resolve(response.complete ? 'complete' : 'broken');
  });
}

const sqlOf = (key: string): string => `SELECT x /* ${key} */ FROM \`acme.sales.orders\``;

function toRequest({ key, kind }: ClientEntry): { readonly method: string; readonly path: string; readonly body?: string } {
  const project = '/bigquery/v2/projects/acme';
  if (kind === 'rows') return { method: 'GET', path: `${project}/datasets/sales/tables/${key}/data` };
  if (kind === 'query')
    return { method: 'POST', path: `${project}/queries`, body: JSON.stringify({ query: sqlOf(key), useLegacySql: false }) };
  const job = { jobReference: { projectId: 'acme', jobId: key }, configuration: { query: { query: sqlOf(key), useLegacySql: false } } };
  return { method: 'POST', path: `${project}/jobs`, body: JSON.stringify(job) };
}
