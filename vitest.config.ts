import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Two worlds: Node for everything headless, happy-dom for the renderer. Browser and Electron stories live in e2e/ under Playwright.
export default defineConfig({
  test: {
    // By default one core stays idle, on a machine with two half of it.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          env: { STENO_LOG_LEVEL: 'silent' },
          include: ['{gateway,shared,fixtures,e2e}/**/*.test.ts', 'desktop/{engine,host,main,preload}/**/*.test.ts', 'steno.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        test: { name: 'dom', environment: 'happy-dom', include: ['desktop/renderer/**/*.test.{ts,tsx}'] },
      },
    ],
  },
});
