import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// The demo runs first: its bundle, made by a real client through a real gateway, is what the stories look at.
export default defineConfig({
  testDir: join(import.meta.dirname, 'stories'),
  outputDir: join(import.meta.dirname, '../test-results/stories'),
  timeout: 60_000,
  workers: 1,
  forbidOnly: !!process.env['CI'],
  reporter: process.env['STORIES_REPORT'] ? [['list'], ['json', { outputFile: process.env['STORIES_REPORT'] }]] : 'list',
  use: {
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    launchOptions: { executablePath: process.env['CHROMIUM_PATH'] || '/usr/bin/chromium', args: chromiumArgs },
  },
  projects: [
    { name: 'demo', testMatch: 'demo.spec.ts' },
    { name: 'browser', testMatch: 'browser/*.spec.ts', dependencies: ['demo'] },
    { name: 'electron', testMatch: 'electron/*.spec.ts', dependencies: ['demo'] },
  ],
});
