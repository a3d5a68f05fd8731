import { ObjectDamaged, ObjectMissing } from '../store/recording-store.ts';
import type { Archive } from './archive.ts';
import { RecordingDamaged, RecordingShredded } from './archive-errors.ts';
import type { IndexedRecording } from './archive-index.ts';
import { openManifest, readManifest } from './open-recording.ts';
import { manifestName } from './recording-manifest.ts';

export type RecordingCheck = {
  readonly number: number;
  readonly sessionId: string;
  readonly name: string;
  /** `erased`: its key is gone, so that nothing but its presence can be checked. */
  readonly status: 'sound' | 'erased' | 'damaged';
  readonly detail: string;
};

/** Reads every byte of every recording, decrypts it and holds it against its manifest, and the manifest against what was written down when it was sealed. */
export async function* checkRecordings(archive: Archive): AsyncGenerator<RecordingCheck> {
  for (const recording of archive.index.all()) {
    const { number, sessionId, name } = recording.manifest;
    yield { number, sessionId, name, ...(await check(archive, recording)) };
  }
}

async function check(archive: Archive, recording: IndexedRecording): Promise<Pick<RecordingCheck, 'status' | 'detail'>> {
  try {
    return { status: 'sound', detail: `${await readAll(archive, recording)} bytes` };
  } catch (error) {
    if (error instanceof RecordingShredded) return { status: 'erased', detail: 'its key was destroyed' };
    // What is not there and what is not what it was are findings; a store that does not answer is no finding about a recording.
    if (!(error instanceof RecordingDamaged || error instanceof ObjectDamaged || error instanceof ObjectMissing)) throw error;
    return { status: 'damaged', detail: error.message };
  }
}

async function readAll({ store, keys }: Archive, { manifest, manifestSha256 }: IndexedRecording): Promise<number> {
  const name = manifestName(manifest, manifest.revision);
  if ((await readManifest(store, name)).sha256 !== manifestSha256)
    throw new RecordingDamaged(name, 'it is not the manifest that was sealed');
  const recording = openManifest(manifest, store, keys);
  let bytes = 0;
  for (const { path } of manifest.files) for await (const piece of recording.read(path)) bytes += piece.length;
  return bytes;
}
