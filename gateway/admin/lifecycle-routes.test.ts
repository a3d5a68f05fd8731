import { rmSync } from 'node:fs';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aPrincipal } from '../record/testing/an-exchange.ts';
import { type ALifecycle, aLifecycle } from '../retention/testing/a-lifecycle.ts';
import { type AdminView, createAdminApp } from './admin-app.ts';

const token = 'a'.repeat(43);
const headers = { authorization: `Bearer ${token}` };
const officer = { by: 'jo@acme.test', reason: 'case 12' };
let one: ALifecycle;
let app: Awaited<ReturnType<typeof createAdminApp>>;
let session: string;

beforeAll(async () => {
  one = await aLifecycle({ default: '400d' });
  session = await one.record({ name: 'nightly', sql: 'SELECT tea FROM party', rows: [['scone', 'x']] });
  const stages: AdminView = {
    tokens: { keys: { toJwks: () => ({ keys: [] }), rotate: async () => undefined } },
    recorder: { state: () => ({ ready: true }) },
    folder: { judge: undefined, mistakes: [] },
    sessions: { list: () => [], close: async () => false },
    lifecycle: { lifecycle: async () => one.lifecycle },
  };
  app = await createAdminApp({ stages, token, metrics: { registry: new Registry(), count: () => undefined } });
});
afterAll(async () => {
  await app.close();
  await one.close();
  rmSync(one.directory, { recursive: true, force: true });
});

const get = async (url: string) => (await app.inject({ method: 'GET', url, headers })).json();
const post = async (url: string, payload: object) => {
  const { statusCode, body } = await app.inject({ method: 'POST', url, headers, payload });
  return { statusCode, ...JSON.parse(body) };
};

test('previews, holds, lifts, redacts and searches; each act with who and why', async () => {
  expect(await get('/admin/retention/preview?at=2199-01-01T00:00:00Z')).toMatchObject({
    deletions: [{ sessionId: session, rule: 'default' }],
    kept: 0,
  });
  const placed = await post('/admin/holds', { name: 'Case 12', scope: { session: 'nightly' }, ...officer });
  expect(placed).toMatchObject({
    statusCode: 200,
    recordings: 1,
    hold: { covers: `session ${session}`, by: officer.by, reason: officer.reason },
  });
  expect(await get('/admin/retention/preview?at=2199-01-01T00:00:00Z')).toMatchObject({
    deletions: [],
    held: [{ heldBy: ['Case 12'] }],
    kept: 1,
  });
  const redaction = { session, redactions: [{ kind: 'field', field: 'sql' }], ...officer };
  expect(await post('/admin/redactions', redaction)).toMatchObject({ statusCode: 409, error: expect.stringContaining('"Case 12"') });
  // A preview says what is in the way instead of running into it, and changes nothing.
  expect(await post('/admin/redactions/preview', redaction)).toMatchObject({
    statusCode: 200,
    digests: expect.toSatisfy((digests) => digests > 1),
    also: ['request body of exchange 1'],
    lockedUntil: expect.stringMatching(/^20\d\d-/),
    heldBy: ['Case 12'],
  });
  const { issuer, subject } = aPrincipal;
  expect(await post('/admin/erasures/preview', { issuer, subject })).toMatchObject({
    statusCode: 200,
    recordings: [{ sessionId: session, name: 'nightly' }],
    open: [],
    heldBy: ['Case 12'],
  });
  expect(one.archive.index.byId(session)?.manifest.revision).toBe(1);
  expect(await get('/admin/holds')).toMatchObject({ holds: [{ name: 'Case 12', recordings: 1 }] });
  expect(await post('/admin/holds/Case%2012/lift', officer)).toMatchObject({ statusCode: 200, released: 1 });
  expect(await post('/admin/redactions', redaction)).toMatchObject({
    statusCode: 200,
    revision: expect.toSatisfy((revision) => revision > 1),
  });
  expect(await post('/admin/redactions', redaction)).toMatchObject({
    statusCode: 422,
    error: expect.stringContaining('There is no sql to redact'),
  });
  expect(await post('/admin/find-value', { value: 'scone' })).toMatchObject({
    found: [{ session: 'nightly', exchange: 1, column: 'c0', rows: 1, by: 'rows' }],
  });
  expect(await post('/admin/retention/run', officer)).toMatchObject({ statusCode: 200, deleted: [], unfinished: [] });
  const { receipts } = await get('/admin/receipts');
  expect(
    receipts
      .map(({ receipt }: { receipt: { entry: string } }) => JSON.parse(receipt.entry))
      .map(({ kind, by }: { kind: string; by: string }) => [kind, by]),
  ).toEqual([
    ['hold', officer.by],
    ['hold', officer.by],
    ['redaction', officer.by],
  ]);
});

test.each<[string, string, object, number]>([
  ['nobody who does it', '/admin/retention/run', {}, 400],
  ['a blank name', '/admin/retention/run', { by: '  ' }, 400],
  ['a hold on nothing', '/admin/holds', { name: 'x', scope: {}, ...officer }, 400],
  [
    'a window that ends before it begins',
    '/admin/holds',
    { name: 'x', scope: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, ...officer },
    400,
  ],
  ['a name that is none', '/admin/holds', { name: '../x', scope: { session: 'nightly' }, ...officer }, 400],
  ['a hold that does not stand', '/admin/holds/nothing/lift', officer, 404],
  [
    'a field that is none',
    '/admin/redactions',
    { session: 'nightly', redactions: [{ kind: 'field', field: 'everything' }], ...officer },
    400,
  ],
  ['a body of no exchange', '/admin/redactions', { session: 'nightly', redactions: [{ kind: 'body', side: 'response' }], ...officer }, 400],
  ['a session that is not there', '/admin/redactions', { session: 'nope', redactions: [{ kind: 'field', field: 'sql' }], ...officer }, 404],
  ['a preview of nobody', '/admin/erasures/preview', { issuer: 'https://x', subject: 'y' }, 404],
  [
    'a preview of a session that is not there',
    '/admin/redactions/preview',
    { session: 'nope', redactions: [{ kind: 'field', field: 'sql' }] },
    404,
  ],
  ['a subject of whom nothing is recorded', '/admin/erasures', { issuer: 'https://x', subject: 'y', ...officer }, 404],
])('answers %s with what is wrong', async (_case, url, payload, status) => {
  const { statusCode, error } = await post(url, payload);
  expect([statusCode, typeof error]).toEqual([status, 'string']);
  expect(error.length).toBeGreaterThan(10);
});

test('wants the admin token, and describes itself', async () => {
  for (const url of ['/admin/holds', '/admin/receipts']) expect((await app.inject({ method: 'GET', url })).statusCode).toBe(401);
  for (const url of ['/admin/erasures', '/admin/redactions', '/admin/retention/run', '/admin/holds', '/admin/find-value'])
    expect((await app.inject({ method: 'POST', url, payload: officer })).statusCode).toBe(401);
  const { paths } = (await app.inject({ url: '/openapi.json' })).json();
  expect(
    Object.keys(paths)
      .filter((path) => /retention|holds|redactions|erasures|find-value|receipts/.test(path))
      .sort(),
  ).toEqual([
    '/admin/erasures',
    '/admin/erasures/preview',
    '/admin/find-value',
    '/admin/holds',
    '/admin/holds/{name}/lift',
    '/admin/receipts',
    '/admin/redactions',
    '/admin/redactions/preview',
    '/admin/retention/preview',
    '/admin/retention/run',
  ]);
  expect(paths['/admin/erasures'].post.requestBody.content['application/json'].schema.required).toContain('by');
});
