import { bundlePaths } from '../../shared/bundle/format.ts';
import type { Archive } from '../archive/archive.ts';
import { RECORDINGS_PREFIX, type RecordingManifest, recordingFolder } from '../archive/recording-manifest.ts';
import type { ObjectFacts } from '../store/recording-store.ts';
import type { StoredRecording } from './plan-deletions.ts';

/** What holds salts: without it nobody can confirm a guess of a value that the digests in the leaves commit to. */
const saltedFirst: readonly string[] = [bundlePaths.disclosures, bundlePaths.salts, bundlePaths.warc];
const rank = (member: string): number => (saltedFirst.includes(member) ? saltedFirst.indexOf(member) : saltedFirst.length);

/** Every recording that is in the store, with its locks. Objects that several recordings use belong to none of them until one is left. */
export async function readRecordings({ store, index }: Pick<Archive, 'store' | 'index'>): Promise<StoredRecording[]> {
  const objects = await listFacts(store, 'objects/');
  const revisions = await listFacts(store, RECORDINGS_PREFIX);
  const manifests = [...index.all()].map(({ manifest }) => manifest);
  const users = new Map<string, number>();
  for (const { files } of manifests)
    for (const object of new Set(files.map((file) => file.object))) users.set(object, (users.get(object) ?? 0) + 1);
  const byFolder = Map.groupBy(revisions.values(), ({ name }) => name.slice(0, name.lastIndexOf('/') + 1));
  return manifests.map((manifest) => toStored(manifest, byFolder.get(recordingFolder(manifest)) ?? [], objects, users));
}

async function listFacts(store: Archive['store'], prefix: string): Promise<Map<string, ObjectFacts>> {
  const found = new Map<string, ObjectFacts>();
  for await (const facts of store.list(prefix)) found.set(facts.name, facts);
  return found;
}

function toStored(
  manifest: RecordingManifest,
  revisions: readonly ObjectFacts[],
  objects: ReadonlyMap<string, ObjectFacts>,
  users: ReadonlyMap<string, number>,
): StoredRecording {
  const files = manifest.files.toSorted((a, b) => rank(a.path) - rank(b.path));
  const own = [...new Set(files.map((file) => file.object))].filter((object) => users.get(object) === 1);
  const facts = own.flatMap((object) => objects.get(object) ?? []);
  const locks = [...facts, ...revisions];
  const lockedUntil = locks.reduce<Date | undefined>(
    (latest, { retainUntil }) => (retainUntil !== undefined && (latest === undefined || retainUntil > latest) ? retainUntil : latest),
    undefined,
  );
  return {
    manifest,
    manifests: revisions.map(({ name }) => name),
    objects: facts.map(({ name, bytes }) => ({ name, bytes })),
    lockedUntil,
    isLegallyHeld: locks.some((each) => each.legalHold),
  };
}

/** SHA-256 of every clear member and of every stored object: what a deletion says is gone. */
export const digestsOf = ({ manifest, objects }: StoredRecording): string[] => [
  ...new Set([...manifest.files.map((file) => file.sha256), ...objects.map(({ name }) => name.slice('objects/'.length))]),
];
