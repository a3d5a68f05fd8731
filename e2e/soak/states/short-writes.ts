// Preloaded: the Nth write of vectors (SHORT_WRITE) takes only a part of what it was given, as a disk that is nearly full, or a signal, may do.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const nth = Number(process.env['SHORT_WRITE']);
let count = 0;

/** At least one byte, at most half. */
function shorten(buffers: readonly NodeJS.ArrayBufferView[]): readonly NodeJS.ArrayBufferView[] {
  count += 1;
  if (count !== nth) return buffers;
  const first = buffers[0]!;
  const bytes = new Uint8Array(first.buffer, first.byteOffset, Math.max(1, first.byteLength >> 1));
  return [bytes];
}

const { writevSync, writev } = fs;
fs.writevSync = (fd, buffers, position) => writevSync(fd, shorten(buffers), position);
fs.writev = ((fd: number, buffers: readonly NodeJS.ArrayBufferView[], ...rest: [number, () => void]) =>
  writev(fd, shorten(buffers), ...rest)) as typeof fs.writev;
syncBuiltinESMExports();
