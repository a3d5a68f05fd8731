import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';

export type ZipMember = { readonly path: string } & (
  | { readonly bytes: Buffer }
  | { readonly file: string /** Stored members can be read from any place. */; readonly method: 'store' | 'deflate' }
);

/** ZIP times are local times: only one fixed in local terms is the same everywhere. When the bundle was made stands in its manifest. */
const mtime = new Date(1980, 0, 1);

/** Writes a ZIP whose bytes follow from its members alone: fixed times, modes and order. */
export async function writeZip(outputPath: string, members: readonly ZipMember[]): Promise<void> {
  const zip = new yazl.ZipFile();
  const fixed = { mtime, mode: 0o100644, forceDosTimestamp: true } as const;
  for (const member of members) {
    if ('bytes' in member) zip.addBuffer(member.bytes, member.path, { ...fixed, compress: false });
    else zip.addFile(member.file, member.path, { ...fixed, compress: member.method === 'deflate' });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(outputPath, { flags: 'wx', mode: 0o600 }));
}
