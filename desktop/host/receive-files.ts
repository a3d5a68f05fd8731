import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance } from 'fastify';

/** A browser does not tell where a dropped file lies, so it sends it: `PUT /api/files/NAME` answers `{ path }` of a copy that goes when the host ends. */
export function receiveFiles(app: FastifyInstance): void {
  const folders: string[] = [];
  app.removeContentTypeParser('application/octet-stream');
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  app.put<{ Params: { name: string }; Body: Readable }>('/api/files/:name', { bodyLimit: Number.MAX_SAFE_INTEGER }, async (request) => {
    const folder = await mkdtemp(join(tmpdir(), 'steno-dropped-'));
    folders.push(folder);
    const path = join(folder, toFileName(request.params.name));
    await pipeline(request.body, createWriteStream(path, { mode: 0o600 }));
    return { path };
  });
  app.addHook('onClose', async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
}

/** The dropped file's own name, as far as every file system takes it. */
function toFileName(name: string): string {
  const plain = basename(name.replaceAll('\\', '/'))
    .replace(/[^\p{L}\p{N} ._()-]/gu, '_')
    .replace(/^\.+/, '');
  return plain.slice(-120) || 'dropped.wacz';
}
