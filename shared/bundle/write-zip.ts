import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yazl from 'yazl';

/** Stored members can be read from any place. */
export type ZipMember = { readonly path: string } & (
  | { readonly bytes: Buffer }
  | { readonly file: string; readonly method: 'store' | 'deflate' }
  /** `length`: of all that `read` yields. */
  | { readonly read: () => AsyncIterable<Uint8Array>; readonly length: number; readonly method: 'store' | 'deflate' }
);

/** ZIP times are local times: only one fixed in local terms is the same everywhere. When the bundle was made stands in its manifest. */
const mtime = new Date(1980, 0, 1);
const fixed = { mtime, mode: 0o100644, forceDosTimestamp: true } as const;

/** Writes a ZIP whose bytes follow from its members alone: fixed times, modes and order. */
export async function writeZip(outputPath: string, members: readonly ZipMember[]): Promise<void> {
  const zip = new yazl.ZipFile();
  const output = createWriteStream(outputPath, { flags: 'wx', mode: 0o600 });
  const fail = (error: Error): void => void output.destroy(error);
  zip.on('error', fail);
  for (const member of members) addMember(zip, member, fail);
  zip.end();
  await pipeline(zip.outputStream, output);
}

function addMember(zip: yazl.ZipFile, member: ZipMember, fail: (error: Error) => void): void {
  if ('bytes' in member) zip.addBuffer(member.bytes, member.path, { ...fixed, compress: false });
  else if ('file' in member) zip.addFile(member.file, member.path, { ...fixed, compress: member.method === 'deflate' });
  else {
    const options = { ...fixed, compress: member.method === 'deflate', size: member.length };
    // Opened when its turn has come: a store would close the connection of a reader that waits.
    zip.addReadStreamLazy(member.path, options, (take) =>
      take(null, Readable.from(member.read(), { objectMode: false }).on('error', fail)),
    );
  }
}
