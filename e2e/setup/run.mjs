// `npm run demo`, `npm test` and the others start here: they do their own set-up, so that a fresh clone needs nothing but Node and npm.
import { buildDesktop, buildWeb } from './build.mjs';
import { fail, installPackages, pinnedNode, run, runStatus } from './install.mjs';
import { test } from './test.mjs';

const [verb, ...args] = process.argv.slice(2);
const steno = (...words) => process.exit(runStatus(pinnedNode(), ['--disable-warning=ExperimentalWarning', 'steno.ts', ...words]));

const verbs = {
  demo: () => {
    buildWeb();
    steno('demo', ...args);
  },
  review: () => {
    buildWeb();
    steno('review', ...args);
  },
  desktop: async () => {
    buildWeb();
    buildDesktop();
    const { electronRuntime } = await import('./browser.mjs');
    const runtime = electronRuntime();
    if (runtime === undefined)
      fail(
        'No Electron runtime: run `npm rebuild electron --ignore-scripts=false`, or use `npm run review -- FILE` for the same screens in a browser.',
      );
    const rootFlags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    run(pinnedNode(), ['node_modules/electron/cli.js', ...rootFlags, '.', ...args], 'Electron ended with an error', {
      ELECTRON_OVERRIDE_DIST_PATH: runtime,
    });
  },
  test: () => test(args),
};

if (verbs[verb] === undefined) fail(`Unknown: ${verb}. One of ${Object.keys(verbs).join(', ')}.`);
installPackages();
await verbs[verb]();
