import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, runNpm } from '../install-packages.ts';

/** A copy of the checkout outside the tree, with its own dependencies, compiled as its own scripts do. Answers the folder. */
export function buildSuite(source: string): string {
  const folder = join(cacheFolder, 'system-tests', basename(source));
  mkdirSync(folder, { recursive: true });
  for (const name of ['src', 'test', 'system-test', 'benchmark', 'build']) rmSync(join(folder, name), { recursive: true, force: true });
  cpSync(source, folder, { recursive: true, filter: (path) => !/[\\/](node_modules|build|\.git)$/.test(path) });
  if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) {
    console.error("Installing the suite's own dependencies from npm, about a minute");
    runNpm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  }
  compile(folder);
  return folder;
}

/** `npm run compile`, but that types of newer packages are not checked: the checkout has no lock file. */
function compile(folder: string): void {
  const { status, stdout } = spawnSync('node_modules/.bin/tsc', ['-p', '.', '--skipLibCheck'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`The suite does not compile:\n${stdout}`);
  copyFileSync(join(folder, 'src/types.d.ts'), join(folder, 'build/src/types.d.ts'));
}
