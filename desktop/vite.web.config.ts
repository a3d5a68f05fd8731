import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The one build of the renderer; the browser edition and the Electron build differ in `outDir` only. */
export const rendererConfig = (outDir: string): UserConfig => ({
  root: here('./renderer'),
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir,
    emptyOutDir: true,
    // Electron's test runtime is Chromium 130.
    target: 'chrome130',
    cssTarget: 'chrome130',
    minify: true,
    sourcemap: true,
    // A data: URL would need room in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: here('./renderer/index.html') },
  },
});

export default defineConfig(rendererConfig(here('../out/web')));
