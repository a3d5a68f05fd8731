import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createHost, type Host, type HostedEngine } from './create-host.ts';

let host: Host;
afterEach(() => host?.app.close());

const engine: HostedEngine = { call: async (name, input) => ({ ok: true, value: { name, input } }), on: () => () => {} };

async function open(options: { idleMs?: number; onIdle?: () => void } = {}): Promise<{ base: string; link: string }> {
  const screens = mkdtempSync(join(tmpdir(), 'screens-'));
  writeFileSync(join(screens, 'index.html'), '<!doctype html><title>Steno</title>');
  host = await createHost({ engine, screens, ...options });
  const link = await host.listen();
  return { base: new URL(link).origin, link };
}

async function enter(link: string): Promise<string> {
  const answer = await fetch(link, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

test('the printed link opens the app once, and leaves a cookie', async () => {
  const { base, link } = await open();
  const cookie = await enter(link);
  expect((await fetch(base, { headers: { cookie } })).status).toBe(200);
  expect((await fetch(link, { redirect: 'manual' })).status).toBe(403);
});

test('without the cookie nothing is answered', async () => {
  const { base } = await open();
  const paths = ['/', '/index.html', '/api/events', '/?open=wrong'];
  expect(await Promise.all(paths.map(async (path) => (await fetch(base + path)).status))).toEqual([403, 403, 403, 403]);
  expect((await fetch(`${base}/api/call`, { method: 'POST', body: '{}' })).status).toBe(403);
});

test('a name that is not loopback is refused: DNS rebinding', async () => {
  const { link } = await open();
  const answer = await host.app.inject({ url: new URL(link).pathname + new URL(link).search, headers: { host: 'evil.example.com' } });
  expect(answer.statusCode).toBe(421);
});

test('a page of another origin cannot use the cookie', async () => {
  const { base, link } = await open();
  const cookie = await enter(link);
  const headers = { cookie, origin: 'http://evil.example.com', 'content-type': 'application/json' };
  expect((await fetch(`${base}/api/call`, { method: 'POST', headers, body: '{}' })).status).toBe(403);
});

test('calls reach the engine and its envelope comes back', async () => {
  const { base, link } = await open();
  const headers = { cookie: await enter(link), 'content-type': 'application/json' };
  const answer = await fetch(`${base}/api/call`, { method: 'POST', headers, body: JSON.stringify({ name: 'case:state', input: {} }) });
  expect(await answer.json()).toEqual({ ok: true, value: { name: 'case:state', input: {} } });
});

test('every answer carries the content security policy', async () => {
  const { base } = await open();
  expect((await fetch(base)).headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('with nobody there the idle clock runs out; an open window stops it', async () => {
  const onIdle = vi.fn();
  const { base, link } = await open({ idleMs: 150, onIdle });
  const window = new AbortController();
  await fetch(`${base}/api/events`, { headers: { cookie: await enter(link) }, signal: window.signal });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(onIdle).not.toHaveBeenCalled();
  window.abort();
  await vi.waitFor(() => expect(onIdle).toHaveBeenCalledOnce(), { timeout: 2000 });
});

test('a dropped file is received whole, under its own name, and goes with the host', async () => {
  const { base, link } = await open();
  const headers = { cookie: await enter(link), 'content-type': 'application/octet-stream' };
  const body = Buffer.alloc(9_000_000, 7);
  const answer = await fetch(`${base}/api/files/${encodeURIComponent('../../night run.wacz')}`, { method: 'PUT', headers, body });
  const { path } = (await answer.json()) as { path: string };
  expect(path).toMatch(/steno-dropped-\w+\/night run\.wacz$/);
  expect(readFileSync(path).equals(body)).toBe(true);
  await host.app.close();
  expect(existsSync(path)).toBe(false);
});
