// What the end-to-end tests need from the system: Chromium, and Xvfb for Electron's windows.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runStatus, say } from './install.mjs';

export const chromiumPath = () =>
  [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path));

/** Electron's windows want a display. */
export const needsXvfb = () => process.platform === 'linux' && !process.env.DISPLAY && existsSync('/usr/bin/xvfb-run');

/** Returns what stays missing, each as a line that says how to get it. */
export function installBrowser() {
  if (missing().length > 0 && isDebianRoot()) {
    say('Installing Chromium and Xvfb (apt-get)');
    const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
    runStatus('apt-get', ['update', ...quiet]);
    runStatus('apt-get', ['install', '-y', ...quiet, 'chromium', 'xvfb', 'xauth', 'unzip'], { DEBIAN_FRONTEND: 'noninteractive' });
  }
  return missing();
}

/** The folder of an Electron runtime that starts here, or undefined: the official one, else the one that ../shared brings. */
export function electronRuntime() {
  const official = join(root, 'node_modules/electron/dist');
  if (process.env.ELECTRON_OVERRIDE_DIST_PATH) return process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (existsSync(join(official, process.platform === 'win32' ? 'electron.exe' : 'electron'))) return official;
  const script = join(root, '../shared/tools/electron-runtime');
  if (!existsSync(script)) return undefined;
  const found = spawnSync('bash', [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

function missing() {
  const lines = [];
  if (!chromiumPath()) lines.push('Chromium is missing: apt-get install chromium, or set CHROMIUM_PATH');
  if (process.platform === 'linux' && !process.env.DISPLAY && !existsSync('/usr/bin/xvfb-run'))
    lines.push('Xvfb is missing: apt-get install xvfb xauth');
  return lines;
}

function isDebianRoot() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && readFileSync('/etc/debian_version', 'utf8').length > 0;
}
