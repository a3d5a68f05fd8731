import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Node 20 and Chrome 130, so that the same build also runs in the Electron that the tests get; the app ships Electron 45.
const target = 'node20.18';

// The screens are built once, by vite.web.config.ts; the app serves them from app://steno.
export default defineConfig({
  main: {
    build: {
      target,
      outDir: here('../out/main'),
      emptyOutDir: true,
      externalizeDeps: true,
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: here('./main/index.ts'),
          'engine-process': here('./main/engine-process.ts'),
          'sql-worker': here('./engine/sql/sql-worker.ts'),
          'replay-worker': here('./engine/replay/replay-worker.ts'),
          'verify-worker': here('../shared/bundle/verify-worker.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      target,
      outDir: here('../out/preload'),
      emptyOutDir: true,
      externalizeDeps: false,
      rolldownOptions: { input: { index: here('./preload/index.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
});
