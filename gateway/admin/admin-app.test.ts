import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminView, createAdminApp } from './admin-app.ts';

const token = 'a'.repeat(43);
const closed: string[] = [];
const rotations: unknown[] = [];
const stages: AdminView = {
  tokens: {
    keys: {
      toJwks: () => ({ keys: ['old', ...rotations.map((_, index) => `new${index}`)].map((kid) => ({ kid })) }),
      rotate: async (options) => void rotations.push(options),
    },
  },
  recorder: { state: () => ({ ready: false, reason: 'no room' }) },
  folder: { judge: { policy: { digest: 'abc' } }, mistakes: [{ file: 'x.cedar', message: 'unexpected token' }] },
  sessions: {
    list: () => [{ sessionId: 's1', name: 'nightly', issuer: 'https://i', subject: 'bot', startedAt: new Date(0), lastSeenAt: 1 }],
    close: async (id) => id === 's1' && closed.push(id) > 0,
  },
};
let app: Awaited<ReturnType<typeof createAdminApp>>;
beforeAll(async () => {
  app = await createAdminApp({ stages, token, metrics: { registry: new Registry(), count: () => undefined } });
});
afterAll(() => app.close());

const ask = (method: 'GET' | 'POST', url: string, bearer = token) =>
  app.inject({ method, url, headers: { authorization: `Bearer ${bearer}` } });

test('says why it is not ready', async () => {
  const answer = await ask('GET', '/readyz');
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({
    ready: false,
    reasons: ['recorder: no room'],
    alarms: ['policy x.cedar: unexpected token (the last good policy stays in force)'],
  });
});

test('lists and closes sessions, and tells the policy in force', async () => {
  expect((await ask('GET', '/admin/sessions')).json()).toMatchObject({
    sessions: [{ sessionId: 's1', startedAt: '1970-01-01T00:00:00.000Z' }],
  });
  expect((await ask('POST', '/admin/sessions/s1/close')).json()).toEqual({ closed: 's1' });
  expect(closed).toEqual(['s1']);
  expect((await ask('POST', '/admin/sessions/s2/close')).statusCode).toBe(404);
  expect((await ask('GET', '/admin/policy')).json()).toEqual({
    digest: 'abc',
    mistakes: [{ file: 'x.cedar', message: 'unexpected token' }],
  });
});

test('rotates the keys of tokens; only when told do old tokens end', async () => {
  expect((await ask('POST', '/admin/token-keys/rotate')).json()).toEqual({ keys: ['old', 'new0'] });
  const payload = { endOld: true };
  const headers = { authorization: `Bearer ${token}` };
  expect((await app.inject({ method: 'POST', url: '/admin/token-keys/rotate', headers, payload })).statusCode).toBe(200);
  expect(rotations).toEqual([{ endOld: false }, { endOld: true }]);
  expect((await ask('GET', '/admin/token-keys')).json()).toEqual({ keys: ['old', 'new0', 'new1'] });
});

test('the OpenAPI document names every route, and each of the admin’s asks for the token', async () => {
  const document = (await ask('GET', '/openapi.json', '')).json() as {
    paths: Record<string, Record<string, { security?: unknown; responses: object }>>;
  };
  expect(Object.keys(document.paths).sort()).toEqual(
    [
      '/admin/policy',
      '/admin/sessions',
      '/admin/sessions/{id}/close',
      '/admin/token-keys',
      '/admin/token-keys/rotate',
      '/healthz',
      '/metrics',
      '/readyz',
    ].sort(),
  );
  for (const [path, methods] of Object.entries(document.paths)) {
    if (!path.startsWith('/admin/')) continue;
    for (const [method, operation] of Object.entries(methods)) {
      expect(operation.security).toEqual([{ adminToken: [] }]);
      const url = path.replace('{id}', 's1');
      expect((await ask(method.toUpperCase() as 'GET', url, 'b'.repeat(43))).statusCode, url).toBe(401);
    }
  }
});

test('the page needs nothing from elsewhere', async () => {
  const page = await ask('GET', '/docs/', '');
  expect(page.statusCode).toBe(200);
  expect(page.body).not.toMatch(/(src|href)="https?:/);
  expect(page.headers['content-security-policy']).toMatch(/default-src 'self'/);
});
