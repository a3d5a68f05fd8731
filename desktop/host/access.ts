// Who may talk to the browser edition: only a browser on this machine that was handed the one-time link.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contentSecurityPolicy } from '../../shared/contract/content-security-policy.ts';

const cookieName = 'steno_review';

const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** Guards every route of `app`; returns the secret of the one-time link `/?open=SECRET`. */
export function guardAccess(app: FastifyInstance): string {
  const cookie = randomBytes(24).toString('base64url');
  const secret = randomBytes(24).toString('base64url');
  let unused: string | undefined = secret;

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (!isLoopbackHost(request.headers.host)) return refuse(reply, 421, 'This server answers on loopback names only.');
    if (isForeignOrigin(request)) return refuse(reply, 403, 'Requests from other sites are refused.');
    if (hasCookie(request, cookie)) return;
    const { open } = request.query as { open?: string };
    if (open !== undefined && unused !== undefined && isSame(open, unused)) {
      unused = undefined;
      reply.header('set-cookie', `${cookieName}=${cookie}; HttpOnly; SameSite=Strict; Path=/`);
      return reply.redirect('/');
    }
    return refuse(
      reply,
      403,
      'This link was used before, or is not the one that was printed. Run `steno review FILE` again for a new one.',
    );
  });
  return secret;
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
}

function isLoopbackHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

/** Browsers send Origin with every POST; a page of another origin may not use the cookie of this one. */
function isForeignOrigin(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  return origin !== undefined && origin !== `http://${host}`;
}

function hasCookie(request: FastifyRequest, cookie: string): boolean {
  const pairs = (request.headers.cookie ?? '').split(/;\s*/);
  return pairs.some((pair) => pair.startsWith(`${cookieName}=`) && isSame(pair.slice(cookieName.length + 1), cookie));
}

function isSame(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
