import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';

/** Bytes on disk, in one file or, of an upload in parts, several. */
export type Blob = { readonly files: readonly { readonly path: string; readonly bytes: number }[]; readonly bytes: number };
export type Received = Blob & { readonly sha256: Buffer; readonly md5: Buffer };

let count = 0;

/** Receives a body; `onBytes` is called with how much has come so far and may stop it by throwing. */
export async function receiveBlob(folder: string, body: Readable, onBytes: (bytes: number) => void): Promise<Received> {
  count += 1;
  const file = path.join(folder, String(count));
  const target = createWriteStream(file);
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      onBytes(bytes);
      sha256.update(chunk);
      md5.update(chunk);
      if (!target.write(chunk)) await new Promise<void>((resolve) => target.once('drain', () => resolve()));
    }
  } finally {
    await new Promise<void>((resolve) => target.end(() => resolve()));
  }
  return { files: [{ path: file, bytes }], bytes, sha256: sha256.digest(), md5: md5.digest() };
}

export async function* readBlob({ files }: Blob, offset: number, length: number): AsyncGenerator<Buffer> {
  let start = offset;
  let left = length;
  for (const file of files) {
    const here = Math.min(left, file.bytes - start);
    if (here > 0) {
      yield* createReadStream(file.path, { start, end: start + here - 1 });
      left -= here;
      start = 0;
    } else {
      start -= file.bytes;
    }
  }
}

export async function textOf(blob: Blob): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of readBlob(blob, 0, blob.bytes)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
