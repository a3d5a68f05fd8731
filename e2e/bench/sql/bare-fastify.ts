import Fastify from 'fastify';

const app = Fastify();
app.get('/', () => ({ one: 1 }));
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
