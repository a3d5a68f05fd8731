import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { crc32c } from './crc32c.ts';

export type FileDigests = { readonly bytes: number; readonly md5Hash: string; readonly crc32c: string };

/** Both checksums as Cloud Storage writes them: base64, the CRC big-endian. */
export async function digestFile(path: string): Promise<FileDigests> {
  const md5 = createHash('md5');
  let crc = 0;
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    md5.update(chunk);
    crc = crc32c(chunk, crc);
    bytes += chunk.byteLength;
  }
  const crcBytes = Buffer.alloc(4);
  crcBytes.writeUInt32BE(crc);
  return { bytes, md5Hash: md5.digest('base64'), crc32c: crcBytes.toString('base64') };
}
