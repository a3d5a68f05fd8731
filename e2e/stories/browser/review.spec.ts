import { expect, test } from '@playwright/test';
import { demoBundle } from '../demo-folder.ts';
import { ReviewApp, type ReviewServer, startReview } from './review-app.ts';

let server: ReviewServer;
let app: ReviewApp;
test.beforeEach(async ({ page }) => {
  server = await startReview(demoBundle);
  app = new ReviewApp(page);
  await app.enter(server.link);
});
test.afterEach(() => {
  server.stop();
  expect(app.complaints(), 'errors of the page').toEqual([]);
});

test('the overview says who, when, what, and that nobody vouched for the signer', async ({ page }) => {
  await expect(page.getByText('Self-consistent, signer unknown').first()).toBeVisible();
  await expect(page.getByText('nightly-report@bots.shop.example').first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Datasets touched' })).toContainText('acme-shop.shop');
});

test('the refused statements are found by a filter, and one says why', async ({ page }) => {
  await app.show('Exchanges');
  await app.filter('tables:acme-shop.hr.*');
  await expect(app.rows()).toHaveCount(2);
  await app.rows().first().dblclick();
  await expect(page.getByText('Personnel data is not for agents').first()).toBeVisible();
  await expect(page.getByText('personnel-data-stays-closed').first()).toBeVisible();
});

test('the list is walked by keyboard', async ({ page }) => {
  await app.show('Exchanges');
  await page.getByRole('grid', { name: 'Exchanges' }).focus();
  await page.keyboard.press('End');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Home');
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByText('revenue', { exact: false }).first()).toBeVisible();
});

test('a result is a grid with typed cells, and the raw answer stands beside it', async ({ page }) => {
  await app.show('Exchanges');
  await app.filter('text:"QUALIFY" -dry:true');
  await app.rows().last().dblclick();
  await expect(page.getByRole('grid', { name: /result/i })).toContainText('Joana Andersson');
  await page.getByRole('tab', { name: /response/i }).click();
  await expect(page.getByText('bigquery#queryResponse').first()).toBeVisible();
});

test('SQL over the recorded session', async ({ page }) => {
  await app.show('SQL');
  await page.getByRole('textbox', { name: 'SQL' }).click();
  await page.keyboard.type('SELECT effect, count(*) AS exchanges FROM decision GROUP BY effect ORDER BY effect');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('grid').first()).toContainText('deny');
});

test('a replay says of each statement where its answer came from', async ({ page }) => {
  await app.show('Replay');
  await page
    .getByRole('button', { name: /start|replay/i })
    .first()
    .click();
  await expect(page.getByText('RECORDED').first()).toBeVisible({ timeout: 30_000 });
});

for (const scheme of ['light', 'dark'] as const) {
  test(`every screen is accessible, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    for (const screen of ['Overview', 'Exchanges', 'Timeline', 'Search', 'Findings', 'SQL', 'Diff', 'Replay', 'Integrity', 'Custody']) {
      await app.show(screen);
      expect(await app.violations(), screen).toEqual([]);
    }
  });
}
