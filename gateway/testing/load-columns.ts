// Tells which packages the thread that digests columns would load.
import { watchPackages } from './watch-packages.ts';

const packages = watchPackages();
// It is a thread's: outside of one it ends where it looks for its data, after everything is loaded.
await import('../record/columns/columns-worker.ts').catch((error: unknown) => {
  if (!(error instanceof TypeError)) throw error;
});
console.log(JSON.stringify({ packages: [...packages] }));
