// The browser edition: the app's screens and the engine's calls over loopback HTTP.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { guardAccess } from './access.ts';
import { receiveFiles } from './receive-files.ts';

/** What the host needs of the engine; `createReviewEngine` gives it. */
export type HostedEngine = {
  call(name: string, input: unknown): Promise<unknown>;
  on(listener: (event: unknown) => void): () => void;
};

export type HostOptions = {
  readonly engine: HostedEngine;
  /** Folder of the built screens. */
  readonly screens: string;
  /** Milliseconds without any visitor after which `onIdle` is called. */
  readonly idleMs?: number;
  readonly onIdle?: () => void;
};

export type Host = {
  readonly app: FastifyInstance;
  /** Listens on 127.0.0.1 and returns the one-time link. */
  listen(port?: number): Promise<string>;
};

const maxCallBytes = 4 * 1024 * 1024;

/** Throws when the screens were never built. */
export async function createHost(options: HostOptions): Promise<Host> {
  if (!existsSync(join(options.screens, 'index.html')))
    throw new Error(`No screens in ${options.screens}: build them with \`npm run review\`.`);
  const app = Fastify({ logger: false, bodyLimit: maxCallBytes, forceCloseConnections: true });
  const secret = guardAccess(app);
  const visitors = watchVisitors(app, options);

  app.post('/api/call', async (request) => {
    const { name, input } = (request.body ?? {}) as { name?: unknown; input?: unknown };
    return options.engine.call(String(name), input);
  });

  app.get('/api/events', (request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive' });
    reply.raw.write(': listening\n\n');
    visitors.arrived();
    const stop = options.engine.on((event) => reply.raw.write(`data: ${JSON.stringify(event)}\n\n`));
    request.raw.on('close', () => {
      stop();
      visitors.left();
    });
  });

  receiveFiles(app);
  await app.register(fastifyStatic, { root: options.screens, index: 'index.html' });
  return {
    app,
    listen: async (port = 0) => `${await app.listen({ host: '127.0.0.1', port })}/?open=${secret}`,
  };
}

/** A window of the app holds its event stream open: while none does, the idle clock runs. */
function watchVisitors(app: FastifyInstance, { idleMs, onIdle }: HostOptions): { arrived(): void; left(): void } {
  let present = 0;
  let timer: NodeJS.Timeout | undefined;
  const restart = (): void => {
    clearTimeout(timer);
    if (idleMs !== undefined && onIdle !== undefined && present === 0) timer = setTimeout(onIdle, idleMs);
  };
  app.addHook('onRequest', async () => restart());
  app.addHook('onClose', async () => clearTimeout(timer));
  restart();
  return {
    arrived: () => {
      present++;
      restart();
    },
    left: () => {
      present--;
      restart();
    },
  };
}
