import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, inflateRawSync } from 'node:zlib';

/** Where a planted value stands, in files and folders, with everything compressed unpacked: `FILE: VALUE`. */
export function findPlanted(paths: readonly string[], values: readonly string[]): string[] {
  return paths.flatMap((path) => filesOf(path)).flatMap((file) => findIn(file, values));
}

/** How many files and bytes such a search looks at. */
export function countScanned(paths: readonly string[]): { readonly files: number; readonly bytes: number } {
  const files = paths.flatMap((path) => filesOf(path));
  return { files: files.length, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesOf(join(path, name)));
}

function findIn(file: string, values: readonly string[]): string[] {
  const layers = [...unpacked(readFileSync(file), 0)];
  return values
    .filter((value) => layers.some((layer) => formsOf(value).some((form) => layer.includes(form))))
    .map((value) => `${file}: ${value}`);
}

/** As it is, as JSON writes it, as addresses do, in UTF-16. */
function formsOf(value: string): Buffer[] {
  const texts = new Set([
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    encodeURIComponent(value).replaceAll('%20', '+'),
  ]);
  return [
    ...[...texts].map((text) => Buffer.from(text)),
    Buffer.from(value, 'utf16le'),
    Buffer.from(Buffer.from(value).toString('base64').slice(0, -4)),
  ].filter((form) => form.length >= 4);
}

/** The bytes, and whatever begins within them like gzip or like a member of a ZIP, unpacked in turn. */
function* unpacked(bytes: Buffer, depth: number): Generator<Buffer> {
  yield bytes;
  if (depth === 3) return;
  for (let at = bytes.indexOf('1f8b08', 0, 'hex'); at >= 0; at = bytes.indexOf('1f8b08', at + 1, 'hex'))
    yield* unpack(() => gunzipSync(bytes.subarray(at)), depth);
  for (let at = bytes.indexOf('504b0304', 0, 'hex'); at >= 0; at = bytes.indexOf('504b0304', at + 1, 'hex')) {
    const data = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    if (bytes.readUInt16LE(at + 8) === 8) yield* unpack(() => inflateRawSync(bytes.subarray(data)), depth);
  }
  if (depth > 0) return;
  yield* unpack(() => brotliDecompressSync(bytes), depth);
}

function* unpack(decompress: () => Buffer, depth: number): Generator<Buffer> {
  let clear: Buffer;
  try {
    clear = decompress();
  } catch {
    return;
  }
  yield* unpacked(clear, depth + 1);
}
