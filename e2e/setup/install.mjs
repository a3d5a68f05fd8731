// Brings a fresh checkout to a state that runs: packages, and the Node that they pin. Plain JavaScript, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const stamp = join(root, 'node_modules/.steno-installed');

export function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Installing packages (npm ci), about a minute');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm could not install the packages; its own message stands above');
  writeFileSync(stamp, wanted);
}

/** The Node that the packages pin, whatever Node the shell has. */
export function pinnedNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const pinned = join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  fail(
    `No packaged Node 24 for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}. Install Node 24 and run the command again.`,
  );
}

/** Runs a program in the project's root, its output shown as it comes; ends this process when it fails. */
export function run(program, args, failure, env = {}) {
  const status = runStatus(program, args, env);
  if (status !== 0) fail(failure, status);
}

export function runStatus(program, args, env = {}) {
  const done = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  });
  return done.status ?? 1;
}

export function say(line) {
  console.error(`\u001b[2m${line}\u001b[0m`);
}

export function fail(line, status = 1) {
  console.error(line);
  process.exit(status);
}
