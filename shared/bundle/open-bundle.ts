import { hash } from 'node:crypto';
import type { Bundle, BundleSession } from './bundle.ts';
import { BundleError } from './bundle-error.ts';
import { findRecords } from './bundle-index.ts';
import { findLeaf } from './find-leaf.ts';
import {
  type BodySide,
  bundlePaths,
  type DisclosureValue,
  envelopeSchema,
  FORMAT_VERSION,
  hasSaltsApart,
  type Manifest,
  manifestSchema,
  olderPaths,
  type SessionHead,
  type Statement,
  sessionHeadSchema,
  statementSchema,
} from './format.ts';
import { joinExchanges } from './join-exchanges.ts';
import { readBody } from './read-body.ts';
import { DisclosureReader, parseJsonLine, readLeaves } from './read-evidence.ts';
import { type CopyOptions, takeCopy } from './take-copy.ts';
import { ZipArchive } from './zip-archive.ts';

const SMALL_BYTES = 64 * 1_048_576;

/** Opens a private copy of a bundle for reading; checks its container and its manifest's form, not its proofs (see verifyBundle). Throws BundleError. */
export async function openBundle(path: string, options: OpenOptions = {}): Promise<Bundle> {
  const { zip, copyPath, close } = await openCopy(path, options);
  try {
    const bundle = await toBundle(path, copyPath, zip, close);
    archives.set(bundle, zip);
    return bundle;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Which archive an open bundle reads: what is verified must be what is read. */
const archives = new WeakMap<Bundle, ZipArchive>();
export const archiveOf = (bundle: Bundle): ZipArchive | undefined => archives.get(bundle);

/** `folder`: where the private copy keeps its name until the bundle is closed, for other processes; unless told, it has none. */
export type OpenOptions = CopyOptions;

/** The archive of a private copy. */
export async function openCopy(
  path: string,
  options: OpenOptions,
): Promise<{ zip: ZipArchive; copyPath?: string; close(): Promise<void> }> {
  const copy = await takeCopy(path, options);
  const isNamed = options.folder !== undefined || process.platform === 'win32';
  try {
    const zip = await ZipArchive.open(copy.file);
    if (!isNamed) await copy.release();
    const close = async (): Promise<void> => {
      await zip.close();
      await copy.release();
    };
    return { zip, ...(isNamed ? { copyPath: copy.file } : {}), close };
  } catch (error) {
    await copy.release();
    throw error;
  }
}

async function toBundle(path: string, copyPath: string | undefined, zip: ZipArchive, close: () => Promise<void>): Promise<Bundle> {
  const manifestBytes = await readSmall(zip, bundlePaths.manifest);
  const manifest = parseManifest(manifestBytes);
  const { formatVersion } = manifest.steno;
  const head = await readHead(zip);
  const session = await readSession(zip, manifest, head);
  const exporter = await readExporter(zip, formatVersion);
  return {
    path,
    copyPath,
    manifestSha256: hash('sha256', manifestBytes, 'hex'),
    manifest,
    session,
    exporter,
    leaves: () => readLeaves(zip, formatVersion),
    leaf: (seq) => findLeaf(zip, formatVersion, seq),
    exchanges: () => joinExchanges(zip, formatVersion),
    bodyStream: (exchangeId, side) => openBody(zip, exchangeId, side),
    isConverted: async (exchangeId) => (await findPlaces(zip, exchangeId)).records.some(({ record }) => record === 'conversion'),
    body: async (exchangeId, side) => {
      const stream = await openBody(zip, exchangeId, side);
      return stream === undefined ? undefined : await collect(stream);
    },
    file: async (name) => {
      const entry = zip.entries.get(name);
      return entry === undefined ? undefined : await zip.read(entry, SMALL_BYTES);
    },
    fileStream: (name) => {
      const entry = zip.entries.get(name);
      return entry === undefined ? undefined : zip.stream(entry);
    },
    close,
  };
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The form of the manifest and its version; throws BundleError with the remedy. */
export function parseManifest(bytes: Buffer): Manifest {
  const loose = parseJsonLine(bytes) as { steno?: { formatVersion?: unknown } } | undefined;
  const version = loose?.steno?.formatVersion;
  if (typeof version === 'number' && Number.isInteger(version) && version > FORMAT_VERSION) {
    const message = `This bundle has format version ${version}; this Steno reads up to version ${FORMAT_VERSION}. Open it with a newer Steno.`;
    throw new BundleError('BUNDLE_NEWER_VERSION', message);
  }
  if (typeof loose === 'object' && loose !== null && loose.steno === undefined) {
    throw new BundleError(
      'BUNDLE_NOT_A_BUNDLE',
      'This is a web archive, but not of Steno: its manifest does not describe a session. Choose a .wacz file that "steno export" wrote.',
    );
  }
  const parsed = manifestSchema.safeParse(loose);
  if (parsed.success) return parsed.data;
  throw damaged(`its manifest does not fit the format (${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message})`);
}

async function readSmall(zip: ZipArchive, path: string): Promise<Buffer> {
  const entry = zip.entries.get(path);
  if (entry !== undefined) return await zip.read(entry, SMALL_BYTES);
  if (path !== bundlePaths.manifest) throw damaged(`${path} is missing`);
  throw new BundleError(
    'BUNDLE_NOT_A_BUNDLE',
    'This ZIP is not a Steno bundle: it has no manifest. Choose a .wacz file that "steno export" wrote.',
  );
}

async function readHead(zip: ZipArchive): Promise<SessionHead> {
  const parsed = sessionHeadSchema.safeParse(parseJsonLine(await readSmall(zip, bundlePaths.sessionHead)));
  if (!parsed.success) throw damaged(`${bundlePaths.sessionHead} does not fit the format`);
  return parsed.data;
}

async function readSession(zip: ZipArchive, manifest: Manifest, head: SessionHead): Promise<BundleSession> {
  const disclosures = new DisclosureReader(zip);
  try {
    for await (const { leaf } of readLeaves(zip, manifest.steno.formatVersion)) {
      if (leaf.kind !== 'session-open') break;
      const found = await disclosures.find(leaf.disclosed['session-identity']);
      const principal = found?.[1] === 'session-identity' ? (found[2] as DisclosureValue<'session-identity'>) : undefined;
      const { sessionId, number, name, startedAt } = leaf;
      return { sessionId, number, name, principal, startedAt, head, snapshot: manifest.steno.snapshot };
    }
    throw damaged('it does not begin with the opening of a session');
  } finally {
    await disclosures.close();
  }
}

async function readExporter(zip: ZipArchive, formatVersion: number): Promise<Bundle['exporter']> {
  const subject = statementPath(formatVersion);
  const statement = parseStatement(envelopeIn(parseJsonLine(await readSmall(zip, subject)), formatVersion));
  if (statement === undefined) throw damaged(`${subject} does not fit the format`);
  return { by: statement.statement.predicate.exportedBy, at: statement.statement.predicate.exportedAt, keyId: statement.keyId };
}

/** The file that holds the exporter's statement. */
export const statementPath = (formatVersion: number): string =>
  hasSaltsApart(formatVersion) ? bundlePaths.manifestDigest : olderPaths.statement;

/** The envelope in that file. */
export const envelopeIn = (value: unknown, formatVersion: number): unknown =>
  hasSaltsApart(formatVersion) ? (value as { readonly statement?: unknown } | null | undefined)?.statement : value;

/** An envelope and the statement inside; nothing about its signature is checked. */
export function parseStatement(value: unknown): { readonly statement: Statement; readonly keyId: string } | undefined {
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return undefined;
  const payload = Buffer.from(envelope.data.payload, 'base64');
  // One payload has one text: no bits left over in its last digit.
  if (payload.toString('base64') !== envelope.data.payload) return undefined;
  const statement = statementSchema.safeParse(parseJsonLine(payload));
  return statement.success ? { statement: statement.data, keyId: envelope.data.signatures[0]!.keyid } : undefined;
}

async function openBody(zip: ZipArchive, exchangeId: string, side: BodySide): Promise<AsyncIterable<Uint8Array> | undefined> {
  const { warc, records } = await findPlaces(zip, exchangeId);
  const place = records.find(({ record }) => record === side || (side === 'response' && record === 'conversion'));
  return place === undefined ? undefined : await readBody(zip, warc, place);
}

async function findPlaces(zip: ZipArchive, exchangeId: string) {
  const warc = zip.entries.get(bundlePaths.warc);
  if (warc?.method !== 'store') throw damaged('its archive is not stored as Steno stores it');
  return { warc, records: await findRecords(zip, exchangeId) };
}

const damaged = (what: string): BundleError =>
  new BundleError('BUNDLE_DAMAGED', `The bundle is damaged: ${what}. Fetch it again from whoever exported it.`);
