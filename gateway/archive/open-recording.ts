import { createHash, hash } from 'node:crypto';
import type { RecordingStore } from '../store/recording-store.ts';
import type { Archive } from './archive.ts';
import { RecordingDamaged, RecordingShredded } from './archive-errors.ts';
import { DecryptionFailed, decrypt, SEGMENT_BYTES, segmentRange, unwrapDataKey } from './recording-crypt.ts';
import { manifestName, type RecordingFile, type RecordingManifest, recordingManifestSchema } from './recording-manifest.ts';
import type { SubjectKey, SubjectKeys } from './subject-keys.ts';

export type ByteRange = { readonly offset: number; readonly length: number };

/** A sealed session, readable. */
export class Recording {
  readonly manifest: RecordingManifest;
  readonly #store: RecordingStore;
  readonly key: SubjectKey;

  constructor(manifest: RecordingManifest, store: RecordingStore, key: SubjectKey) {
    this.manifest = manifest;
    this.#store = store;
    this.key = key;
  }

  file(path: string): RecordingFile | undefined {
    return this.manifest.files.find((one) => one.path === path);
  }

  /**
   * The clear bytes of a member, or of a range of it, in constant memory. Throws RecordingDamaged: at once when a segment is not what was encrypted, at the
   * end of a whole read when the bytes are not those that the manifest names.
   */
  async *read(path: string, range?: ByteRange): AsyncGenerator<Buffer> {
    const file = this.file(path);
    if (file === undefined) throw new RecordingDamaged(this.#name, `it has no member ${path}`);
    const dataKey = unwrapDataKey(this.key.key, file.encryption.wrappedKey);
    if (dataKey === undefined)
      throw new RecordingDamaged(file.object, `the data key of ${path} was not wrapped by the key that the manifest names`);
    try {
      yield* range === undefined ? this.#readAll(file, dataKey) : this.#readRange(file, dataKey, range);
    } catch (error) {
      if (error instanceof DecryptionFailed) throw new RecordingDamaged(file.object, error.message, { cause: error });
      throw error;
    }
  }

  get #name(): string {
    return `The recording of session ${this.manifest.sessionId}`;
  }

  async *#readAll(file: RecordingFile, dataKey: Buffer): AsyncGenerator<Buffer> {
    const clear = createHash('sha256');
    for await (const piece of decrypt(this.#store.read(file.object), file.bytes, dataKey)) {
      clear.update(piece);
      yield piece;
    }
    if (clear.digest('hex') !== file.sha256) throw new RecordingDamaged(file.object, 'its clear bytes do not match the manifest');
  }

  async *#readRange(file: RecordingFile, dataKey: Buffer, range: ByteRange): AsyncGenerator<Buffer> {
    if (range.offset < 0 || range.length < 0 || range.offset + range.length > file.bytes)
      throw new RangeError(`no such range of ${file.path}`);
    if (range.length === 0) return;
    const { first, end, offset, length } = segmentRange(file.bytes, range);
    let at = first * SEGMENT_BYTES;
    for await (const piece of decrypt(this.#store.read(file.object, { offset, length }), file.bytes, dataKey, { first, end })) {
      const from = Math.max(0, range.offset - at);
      const to = Math.min(piece.length, range.offset + range.length - at);
      at += piece.length;
      yield piece.subarray(from, to);
    }
  }
}

/** Throws RecordingShredded when its key is gone. */
export function openManifest(manifest: RecordingManifest, store: RecordingStore, keys: SubjectKeys): Recording {
  const key = keys.byId(manifest.principal.keyId);
  if (key === undefined) throw new RecordingShredded(manifest.sessionId, manifest.principal.keyId);
  return new Recording(manifest, store, key);
}

/** The newest revision of a session's recording; `undefined`: it was never sealed here, or is deleted. Throws RecordingShredded. */
export function openRecording({ index, store, keys }: Pick<Archive, 'index' | 'store' | 'keys'>, sessionId: string): Recording | undefined {
  const found = index.byId(sessionId);
  return found && openManifest(found.manifest, store, keys);
}

/** As the store has it, however the index stands. `undefined`: it has none of this revision. Throws RecordingDamaged. */
export async function fetchManifest(
  store: RecordingStore,
  place: Pick<RecordingManifest, 'number' | 'sessionId'>,
  revision: number,
): Promise<{ manifest: RecordingManifest; text: string; sha256: string } | undefined> {
  const name = manifestName(place, revision);
  if ((await store.head(name)) === undefined) return undefined;
  return await readManifest(store, name);
}

export async function readManifest(
  store: RecordingStore,
  name: string,
): Promise<{ manifest: RecordingManifest; text: string; sha256: string }> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.read(name)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const parsed = recordingManifestSchema.safeParse(parseJson(bytes.toString('utf8')));
  if (!parsed.success) throw new RecordingDamaged(name, 'it is no manifest of a recording that this version of Steno can read');
  return { manifest: parsed.data, text: bytes.toString('utf8'), sha256: hash('sha256', bytes, 'hex') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
