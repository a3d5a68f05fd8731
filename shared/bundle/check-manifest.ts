import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { inParallel } from '../base/in-parallel.ts';
import { isFault } from './bundle-error.ts';
import { parseVerifierKey } from './ed25519-key.ts';
import {
  bundlePaths,
  hasSaltsApart,
  isBundlePath,
  type Manifest,
  manifestDigestSchema,
  olderManifestDigestSchema,
  olderPaths,
  requiredPaths,
} from './format.ts';
import { parseJsonLine } from './read-evidence.ts';
import { readMember } from './trust/read-member.ts';
import type { Report } from './verification.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const FILES_AT_ONCE = 3;

/** The manifest cannot name itself, nor what is made from it. */
const unnamedIn = (formatVersion: number): readonly string[] => [
  bundlePaths.manifest,
  bundlePaths.manifestDigest,
  ...(hasSaltsApart(formatVersion) ? [] : [olderPaths.statement]),
];

/** Every file is named and every name is a file, with its size, SHA-256 and CRC-32. Hashes the whole bundle once. */
export async function checkManifest(
  zip: ZipArchive,
  manifest: Manifest,
  manifestSha256: string,
  report: Report,
  onBytes: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const total = [...zip.entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onPiece = (bytes: number): void => {
    done += bytes;
    onBytes(done, total);
  };
  const { formatVersion } = manifest.steno;
  const unnamed = unnamedIn(formatVersion);
  const named = new Map(manifest.resources.map((resource) => [resource.path, resource]));
  if (named.size !== manifest.resources.length) report.fault('manifest', bundlePaths.manifest, 'names a file twice');
  for (const path of requiredPaths(formatVersion)) if (!zip.entries.has(path)) report.fault('manifest', path, 'is missing', 'missing');
  const files = [...named].map(([path, resource]) => ({ path, entry: zip.entries.get(path), resource: resource as Resource | undefined }));
  for (const [path, entry] of zip.entries) if (!named.has(path)) files.push({ path, entry, resource: undefined });
  // Several at once, for the unpacking runs beside the hashing; what is found is told in their order.
  const found = await inParallel(files, FILES_AT_ONCE, ({ path, entry, resource }) => {
    if (resource !== undefined && unnamed.includes(path)) return fault('may not be named by the manifest');
    if (!isBundlePath(path, formatVersion)) return fault('is no file of a bundle');
    if (entry === undefined) return fault('is named by the manifest and missing', 'missing');
    if (resource === undefined && !unnamed.includes(path)) return fault('is not named by the manifest');
    return checkFile(zip, entry, resource, onPiece);
  });
  for (const [index, { path }] of files.entries())
    for (const { detail, status } of found[index]!) report.fault('manifest', path, detail, status);
  await checkDigestFile(zip, manifestSha256, formatVersion, report);
  await checkKeysFile(zip, report);
  report.done('manifest', bundlePaths.manifest, `${named.size} files have the sizes and SHA-256 digests that the manifest states`);
}

type Resource = Manifest['resources'][number];
type Fault = { readonly detail: string; readonly status: 'failed' | 'missing' };

const fault = async (detail: string, status: Fault['status'] = 'failed'): Promise<Fault[]> => [{ detail, status }];

async function checkFile(
  zip: ZipArchive,
  entry: ZipEntry,
  stated: Resource | undefined,
  onPiece: (bytes: number) => void,
): Promise<Fault[]> {
  const digest = createHash('sha256');
  let crc = 0;
  try {
    for await (const piece of zip.stream(entry)) {
      digest.update(piece);
      crc = crc32(piece, crc);
      onPiece(piece.length);
    }
  } catch (error) {
    if (!isFault(error)) throw error;
    return await fault(error.message);
  }
  const details = [
    crc === entry.crc32 ? undefined : 'does not match its CRC-32',
    stated === undefined || stated.bytes === entry.bytes ? undefined : `has ${entry.bytes} bytes instead of ${stated.bytes}`,
    stated === undefined || stated.hash === `sha256:${digest.digest('hex')}` ? undefined : 'does not match its SHA-256 digest',
  ];
  return details.flatMap((detail) => (detail === undefined ? [] : { detail, status: 'failed' as const }));
}

async function checkDigestFile(zip: ZipArchive, manifestSha256: string, formatVersion: number, report: Report): Promise<void> {
  const entry = zip.entries.get(bundlePaths.manifestDigest);
  if (entry === undefined) return;
  const bytes = await zip.read(entry, 65_536).catch(() => Buffer.alloc(0));
  const schema = hasSaltsApart(formatVersion) ? manifestDigestSchema : olderManifestDigestSchema;
  const parsed = schema.safeParse(parseJsonLine(bytes));
  const isOurs = parsed.success && bytes.toString('utf8') === `${JSON.stringify(parsed.data)}\n`;
  if (!isOurs) report.fault('manifest', entry.path, 'does not fit the format');
  else if (parsed.data.hash !== `sha256:${manifestSha256}`) report.fault('manifest', entry.path, 'states another digest of the manifest');
}

async function checkKeysFile(zip: ZipArchive, report: Report): Promise<void> {
  if (!zip.entries.has(bundlePaths.keys)) return;
  const lines = (await readMember(zip, bundlePaths.keys))?.toString('utf8').split('\n');
  const isWhole = lines?.pop() === '' && lines.every((line) => parseVerifierKey(line)?.text === line);
  if (!isWhole) report.fault('manifest', bundlePaths.keys, 'holds a line that is no public key');
}
