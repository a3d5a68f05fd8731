// The screens come from app://steno/, never from file://, so that they have an origin of their own and a strict policy.
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { protocol } from 'electron';
import { contentSecurityPolicy } from '../../shared/contract/content-security-policy.ts';

export const screensOrigin = 'app://steno';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../web');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

export function serveScreens(): void {
  protocol.handle('app', async (request) => {
    const path = resolveScreen(new URL(request.url));
    const contentType = path && contentTypes[extname(path)];
    if (path === undefined || contentType === undefined) return new Response('Not found', { status: 404 });
    const body = await readFile(path).catch(() => undefined);
    if (body === undefined) return new Response('Not found', { status: 404 });
    return new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType, 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff' },
    });
  });
}

/** The file below the screens' folder, or undefined for anything outside of it. */
function resolveScreen(url: URL): string | undefined {
  if (url.host !== 'steno') return undefined;
  const path = normalize(join(folder, url.pathname === '/' ? 'index.html' : decodeURIComponent(url.pathname)));
  return path.startsWith(folder + sep) ? path : undefined;
}
