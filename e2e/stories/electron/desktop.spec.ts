import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { demoBundle, root } from '../demo-folder.ts';

test.skip(!process.env['ELECTRON_OVERRIDE_DIST_PATH'], 'no Electron runtime starts here');

let app: ElectronApplication;
let page: Page;
test.beforeAll(async () => {
  const profile = mkdtempSync(join(tmpdir(), 'steno-profile-'));
  // As root Chromium's own sandbox cannot start; the app's windows ask for it either way.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  app = await _electron.launch({ args: [...asRoot, `--user-data-dir=${profile}`, root, demoBundle], cwd: root });
  page = await app.firstWindow();
});
test.afterAll(() => app?.close());

test('a bundle named on the command line opens, verified', async () => {
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('signer unknown').first()).toBeVisible();
});

test('the screens have no Node, no way out and a strict policy', async () => {
  const seen = await page.evaluate(async () => ({
    origin: location.origin,
    node: [typeof (globalThis as never as { require: unknown }).require, typeof (globalThis as never as { process: unknown }).process],
    bridge: Object.keys((globalThis as never as { steno: object }).steno).toSorted(),
    elsewhere: await fetch('http://127.0.0.1:9/').then(
      () => 'reached',
      () => 'blocked',
    ),
    opened: window.open('https://example.com/') === null,
  }));
  expect(seen).toEqual({
    origin: 'app://steno',
    node: ['undefined', 'undefined'],
    bridge: ['call', 'on', 'pathsOf', 'pickFiles', 'pickSavePath'],
    elsewhere: 'blocked',
    opened: true,
  });
});

test('a screen cannot name a file that nobody chose', async () => {
  const answer = await page.evaluate(() =>
    (globalThis as never as { steno: { call(name: string, input: unknown): Promise<unknown> } }).steno.call('case:open', {
      paths: ['/etc/passwd'],
    }),
  );
  expect(answer).toMatchObject({ ok: false, error: { code: 'HOST_FILE_NOT_CHOSEN' } });
});

test('a query runs in a process of its own', async () => {
  await page.getByRole('link', { name: 'SQL', exact: true }).click();
  await page.getByRole('textbox', { name: 'SQL' }).click();
  await page.keyboard.type('SELECT effect, count(*) AS exchanges FROM decision GROUP BY effect ORDER BY effect');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('grid').first()).toContainText('deny', { timeout: 20_000 });
});

test('a replay answers from the bundle', async () => {
  await page.getByRole('link', { name: 'Replay', exact: true }).click();
  await page.getByRole('button', { name: /start/i }).first().click();
  await expect(page.getByRole('grid').getByText('RECORDED').first()).toBeVisible({ timeout: 40_000 });
});
