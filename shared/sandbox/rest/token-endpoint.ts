// Some clients will not upload without a credential, so the sandbox hands one out: an `external_account` file may name it as its `token_url`.
import type { FastifyReply, FastifyRequest } from 'fastify';

const answers: Readonly<Record<string, object>> = {
  token: {
    access_token: 'sandbox',
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 3600,
  },
  introspect: { active: true, username: 'sandbox@example.com', iss: 'sandbox', exp: 4_102_444_800 },
};

/** RFC 8693 and RFC 7662 for whoever asks; undefined for every other request. Nothing checks the token afterwards. */
export function answerTokenRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> | undefined {
  const path = (request.raw.url ?? '').split('?')[0]!;
  const [, name] = /\/v1\/(token|introspect)$/.exec(path) ?? [];
  return request.method === 'POST' && name !== undefined ? send(reply, answers[name]!) : undefined;
}

async function send(reply: FastifyReply, body: object): Promise<void> {
  await reply.send(body);
}
