import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { getCACertificates } from 'node:tls';

export const defaultRootsFile = (): string => join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'steno', 'roots.pem');

/** Writes the roots this machine trusts, and the gateway's CA: most clients replace their store by the one file they are given. */
export function writeRootsFile(path: string, authority: string): void {
  const roots = [...new Set([...getCACertificates('bundled'), ...getCACertificates('system'), ...getCACertificates('extra')])];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${[...roots.map((each) => each.trim()), authority.trim()].join('\n')}\n`);
}
