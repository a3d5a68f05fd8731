// The fastest that this server framework and this client library can be together: bytes from one socket to the other, and nothing else.
import Fastify from 'fastify';
import { Pool } from 'undici';

const pool = new Pool(String(process.env['UPSTREAM']), { connections: 128, pipelining: 1, keepAliveTimeout: 60_000 });
const app = Fastify();
app.all('/*', (request, reply) => {
  reply.hijack();
  const { raw } = reply;
  pool.dispatch(
    { method: request.method as 'GET', path: request.url, headers: { host: request.headers.host } },
    {
      onRequestStart: (controller) => {
        // A client that leaves while the upstream is paused, or before its turn, would keep a connection for ever.
        const leave = (): void => {
          if (!raw.writableFinished) controller.abort(new Error('The client left'));
        };
        if (raw.destroyed) leave();
        else raw.once('close', leave);
      },
      onResponseStart: (_controller, status, headers) => void raw.writeHead(status, headers),
      onResponseData: (controller, chunk) => {
        if (raw.write(chunk)) return;
        controller.pause();
        raw.once('drain', () => controller.resume());
      },
      onResponseEnd: () => void raw.end(),
      onResponseError: () => void raw.destroy(),
    },
  );
});
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
console.log('ready');
