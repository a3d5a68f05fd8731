// The clients come from npm into a folder of their own, once per lock file: they are what is tested, never what the product is made of.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const cacheFolder = join(import.meta.dirname, '../../.cache/clients');

/** Installs and answers the folder whose node_modules has the clients. Throws when npm could not. */
export function installPackages(): string {
  const folder = join(cacheFolder, 'packages');
  const installed = join(folder, 'node_modules/.package-lock.json');
  mkdirSync(folder, { recursive: true });
  const isFresh =
    existsSync(installed) && readText(join(folder, 'package-lock.json')) === readText(join(import.meta.dirname, 'package-lock.json'));
  if (isFresh) return folder;
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(import.meta.dirname, name), join(folder, name));
  console.error('Installing the clients from npm, about a minute');
  runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  return folder;
}

const readText = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

export function runNpm(args: readonly string[], cwd: string): void {
  const { status } = spawnSync('npm', args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], timeout: 600_000 });
  if (status !== 0) throw new Error(`npm ${args[0]} failed in ${cwd}`);
}
