import { bundlePaths } from '../../shared/bundle/format.ts';
import { RECORDINGS_PREFIX, type RecordingManifest, recordingManifestSchema } from '../archive/recording-manifest.ts';
import type { ObjectFacts, RecordingStore } from '../store/recording-store.ts';
import type { StoredRecording } from './plan-deletions.ts';

/** What holds salts: without it nobody can confirm a guess of a value that the digests in the leaves commit to. */
const saltedFirst: readonly string[] = [bundlePaths.disclosures, bundlePaths.warc];
const rank = (member: string): number => (saltedFirst.includes(member) ? saltedFirst.indexOf(member) : saltedFirst.length);

type Revision = { readonly name: string; readonly manifest: RecordingManifest; readonly facts: ObjectFacts };

/** Every recording of a store. Objects that several recordings use belong to none of them until one is left. */
export async function readRecordings(store: RecordingStore): Promise<StoredRecording[]> {
  const recordings = await readRevisions(store);
  const objects = await readObjects(store);
  const users = new Map<string, Set<string>>();
  for (const [folder, revisions] of recordings)
    for (const { manifest } of revisions)
      for (const { object } of manifest.files) users.set(object, (users.get(object) ?? new Set()).add(folder));
  return [...recordings.values()].map((revisions) => toStored(revisions, objects, users));
}

async function readRevisions(store: RecordingStore): Promise<Map<string, Revision[]>> {
  const recordings = new Map<string, Revision[]>();
  for await (const facts of store.list(RECORDINGS_PREFIX)) {
    const folder = facts.name.slice(0, facts.name.lastIndexOf('/') + 1);
    if (!/\/\d{6}\.json$/.test(facts.name)) continue;
    const manifest = await readManifest(store, facts.name);
    recordings.set(folder, [...(recordings.get(folder) ?? []), { name: facts.name, manifest, facts }]);
  }
  return recordings;
}

/** Throws what the store throws, and an Error on a manifest that is not of our form: nothing may be deleted around it. */
export async function readManifest(store: RecordingStore, name: string): Promise<RecordingManifest> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.read(name)) pieces.push(piece);
  return recordingManifestSchema.parse(JSON.parse(Buffer.concat(pieces).toString('utf8')));
}

async function readObjects(store: RecordingStore): Promise<Map<string, ObjectFacts>> {
  const objects = new Map<string, ObjectFacts>();
  for await (const facts of store.list('objects/')) objects.set(facts.name, facts);
  return objects;
}

function toStored(
  revisions: readonly Revision[],
  objects: ReadonlyMap<string, ObjectFacts>,
  users: ReadonlyMap<string, ReadonlySet<string>>,
): StoredRecording {
  const files = revisions.flatMap(({ manifest }) => manifest.files).sort((a, b) => rank(a.path) - rank(b.path));
  const own = [...new Set(files.map((file) => file.object))].filter((object) => users.get(object)?.size === 1);
  const facts = own.flatMap((object) => objects.get(object) ?? []);
  const locks = [...facts, ...revisions.map((each) => each.facts)];
  const lockedUntil = locks.reduce<Date | undefined>(
    (latest, { retainUntil }) => (retainUntil !== undefined && (latest === undefined || retainUntil > latest) ? retainUntil : latest),
    undefined,
  );
  return {
    manifest: revisions.at(-1)!.manifest,
    manifests: revisions.map((each) => each.name),
    objects: facts.map(({ name, bytes }) => ({ name, bytes })),
    lockedUntil,
    isLegallyHeld: locks.some((each) => each.legalHold),
  };
}

/** SHA-256 of every clear member, of every stored object: what a deletion says is gone. */
export const digestsOf = ({ manifest, objects }: StoredRecording): string[] => [
  ...new Set([...manifest.files.map((file) => file.sha256), ...objects.map(({ name }) => name.slice('objects/'.length))]),
];
