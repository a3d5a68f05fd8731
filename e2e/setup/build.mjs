// Builds the screens when their sources are newer than what was built.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root, run, say } from './install.mjs';

const sources = ['desktop', 'shared', 'package-lock.json'];

export function buildWeb() {
  build('browser edition', 'out/web/index.html', [
    'node_modules/vite/bin/vite.js',
    'build',
    '--config',
    'desktop/vite.web.config.ts',
    '--logLevel',
    'warn',
  ]);
}

export function buildDesktop() {
  build('desktop app', 'out/main/index.js', [
    'node_modules/electron-vite/bin/electron-vite.js',
    'build',
    '--config',
    'desktop/electron.vite.config.ts',
    '--logLevel',
    'warn',
  ]);
}

function build(what, product, args) {
  const path = join(root, product);
  if (existsSync(path) && statSync(path).mtimeMs > newest(sources.map((each) => join(root, each)))) return;
  say(`Building the ${what}`);
  run(pinnedNode(), args, `The ${what} could not be built`);
}

function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    const stat = statSync(path);
    const time = stat.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : stat.mtimeMs;
    latest = Math.max(latest, time);
  }
  return latest;
}
