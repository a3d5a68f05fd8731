// One step of the bundle benchmark in a process of its own, so that its peak memory is its own. Prints one line of JSON.
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip, createZstdCompress, constants as zlib } from 'node:zlib';
import { openArchive } from '../../../gateway/archive/archive.ts';
import { Sealer } from '../../../gateway/archive/seal-sessions.ts';
import { generateJournal, generateLargeBody } from '../../../gateway/archive/testing/generate-journal.ts';
import { exportSession } from '../../../gateway/record/export-session.ts';
import { openRecorder } from '../../../gateway/record/open-recorder.ts';
import { checkManifest } from '../../../shared/bundle/check-manifest.ts';
import { createSignerKey } from '../../../shared/bundle/ed25519-key.ts';
import { bundlePaths, DERIVED_FOLDER } from '../../../shared/bundle/format.ts';
import { openBundle, parseManifest } from '../../../shared/bundle/open-bundle.ts';
import { Report } from '../../../shared/bundle/verification.ts';
import { verifyBundle } from '../../../shared/bundle/verify-bundle.ts';
import { ZipArchive } from '../../../shared/bundle/zip-archive.ts';
import { median } from '../median.ts';
import { measureLoad } from './measure-load.ts';
import { recordMixed } from './mixed-session.ts';

const MANIFEST_BYTES = 1_048_576;
const BODIES = 200;

type Step = (directory: string, bundle: string, count: number) => Promise<Record<string, number | string>>;

const steps: Record<string, Step> = {
  generate: async (directory, _bundle, count) => ({ session: await generateJournal(directory, count) }),
  'generate-mixed': async (directory, _bundle, count) => ({ session: await recordMixed(directory, count) }),
  'generate-large': async (directory, _bundle, count) => ({ session: await generateLargeBody(directory, count) }),
  export: async (directory, bundle) => {
    const exporterKey = createSignerKey('bench/exporter');
    const { exchanges } = await exportSession({ directory, session: 'latest', outputPath: bundle, exportedBy: 'bench', exporterKey });
    return { exchanges, bytes: statSync(bundle).size };
  },
  /** The same with tables for fast loading, as the command makes it. */
  tables: async (directory, bundle) => {
    const exporterKey = createSignerKey('bench/exporter');
    await exportSession({ directory, session: 'latest', outputPath: bundle, exportedBy: 'bench', exporterKey, derived: true });
    return { bytes: statSync(bundle).size };
  },
  load: async (_directory, bundle) => await measureLoad(bundle),
  seal: async (directory) => {
    const recorder = await openRecorder({ directory });
    const archive = await openArchive(directory);
    const round = await new Sealer({ archive, enter: (entry) => recorder.enter(entry) }).run();
    await archive.close();
    await recorder.close();
    return { sealed: round.sealed, retired: round.retired };
  },
  verify: async (_directory, bundle) => {
    const begun = performance.now();
    const { verdict, checks } = await verifyBundle(bundle, { pinnedKeys: [] });
    return { verdict, failed: checks.filter(({ status }) => status === 'failed').length, workMs: performance.now() - begun };
  },
  /** The raw speed that verification is measured by. */
  hash: async (_directory, bundle) => {
    const begun = performance.now();
    const digest = createHash('sha256');
    for await (const piece of createReadStream(bundle, { highWaterMark: 1_048_576 })) digest.update(piece as Buffer);
    return { bytes: statSync(bundle).size, sha256: digest.digest('hex'), hashMs: performance.now() - begun };
  },
  extract: async (_directory, bundle) => await extractParts(bundle),
  bodies: async (_directory, bundle) => await readBodies(bundle),
  ndjson: async (_directory, bundle) => await compressAsNdjson(bundle),
};

/** Every member unpacked and held against the manifest. `contentBytes`: of all members, those of the WARC unpacked as well. */
async function extractParts(bundle: string): Promise<Record<string, number>> {
  const begun = performance.now();
  const zip = await ZipArchive.open(bundle);
  const manifest = await zip.read(zip.entries.get(bundlePaths.manifest)!, MANIFEST_BYTES);
  const report = new Report();
  await checkManifest(zip, parseManifest(manifest), createHash('sha256').update(manifest).digest('hex'), report);
  const workMs = performance.now() - begun;
  let contentBytes = 0;
  for (const entry of zip.entries.values()) {
    if (entry.path !== bundlePaths.warc) contentBytes += entry.bytes;
    else for await (const piece of Readable.from(zip.stream(entry)).pipe(createGunzip())) contentBytes += (piece as Buffer).length;
  }
  await zip.close();
  return { failed: report.checks().filter(({ status }) => status === 'failed').length, workMs, contentBytes };
}

/** Bodies of exchanges all over the bundle, by id, each in a bundle opened for it alone and then in an open one. */
async function readBodies(bundle: string): Promise<Record<string, number>> {
  const ids: string[] = [];
  const opened = await openBundle(bundle);
  const every = Math.max(1, Math.floor(opened.manifest.steno.exchanges / BODIES));
  let seen = 0;
  for await (const leaf of opened.leaves()) {
    if (leaf.leaf.kind !== 'intent') continue;
    if (seen % every === 0) ids.push(leaf.leaf.exchangeId);
    seen += 1;
  }
  const warm: number[] = [];
  for (const id of ids) warm.push(await timed(async () => void (await opened.body(id, 'response'))));
  await opened.close();
  const cold: number[] = [];
  for (const id of ids.slice(0, 30)) {
    cold.push(
      await timed(async () => {
        const fresh = await openBundle(bundle);
        await fresh.body(id, 'response');
        await fresh.close();
      }),
    );
  }
  return { warmMs: median(warm), coldMs: median(cold) };
}

/**
 * The same content, leaves, disclosures, salts and bodies, as JSON lines, as zstd -1 packs it. Salts and digests are content: they do not pack. `archive`:
 * bytes of the WARC and of tables that came along.
 */
async function compressAsNdjson(bundle: string): Promise<Record<string, number>> {
  const opened = await openBundle(bundle);
  const zip = await ZipArchive.open(bundle);
  const zstd = createZstdCompress({ params: { [zlib.ZSTD_c_compressionLevel]: 1 } });
  let [bytes, packed] = [0, 0];
  zstd.on('data', (piece: Buffer) => {
    packed += piece.length;
  });
  const ended = new Promise((resolve) => zstd.on('end', resolve));
  const write = async (line: Buffer | string): Promise<void> => {
    bytes += Buffer.byteLength(line);
    if (!zstd.write(line)) await new Promise((resolve) => zstd.once('drain', resolve));
  };
  for (const member of [bundlePaths.leaves, bundlePaths.disclosures, bundlePaths.salts])
    for await (const piece of zip.stream(zip.entries.get(member)!)) await write(Buffer.from(piece));
  for await (const { exchangeId } of opened.exchanges()) {
    const text = async (side: 'request' | 'response') => (await opened.body(exchangeId, side))?.toString();
    await write(`${JSON.stringify({ exchangeId, request: await text('request'), response: await text('response') })}\n`);
  }
  zstd.end();
  await ended;
  const archive = [...zip.entries.values()]
    .filter(({ path }) => path === bundlePaths.warc || path.startsWith(DERIVED_FOLDER))
    .reduce((sum, { compressedBytes }) => sum + compressedBytes, 0);
  await opened.close();
  await zip.close();
  return { bytes, packed, archive };
}

async function timed(action: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await action();
  return performance.now() - begun;
}

const [name, directory, bundle, count] = process.argv.slice(2);
const begun = performance.now();
const said = await steps[name!]!(directory!, bundle!, Number(count));
const { user, system } = process.cpuUsage();
const figures = { ms: performance.now() - begun, cpuMs: (user + system) / 1_000, peakMb: process.resourceUsage().maxRSS / 1_024 };
console.log(JSON.stringify({ ...said, ...figures }));
process.exit(0);
