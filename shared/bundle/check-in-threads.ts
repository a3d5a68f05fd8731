import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { checkEvidence, type EvidencePart, type EvidenceTask, type OnBytes } from './check-evidence.ts';
import type { LeavesSummary } from './check-leaves.ts';
import { TreeHead } from './merkle-tree.ts';
import type { Report } from './verification.ts';
import type { FromVerifyWorker, PartFound, VerifyWorkerData } from './verify-worker.ts';
import type { ZipArchive } from './zip-archive.ts';

/** Below it, threads take longer to start than to work. */
const WORTH_THREADS_BYTES = 16 * 1_048_576;
/** Little is ever held at once; room to let garbage lie would only be filled with it. */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 192 };

/**
 * The leaves in one thread, what is archived in another. The second one goes by what the first one checks, so that both count only where neither found
 * a fault; else one thread looks at all of it, in order. What is said depends neither on the number of threads nor on their pace.
 */
export async function checkInThreads(
  zip: ZipArchive,
  task: EvidenceTask,
  report: Report,
  onBytes: OnBytes,
  isWorthThreads = isLarge(zip),
): Promise<LeavesSummary> {
  if (!isWorthThreads || script === undefined) return await checkEvidence(zip, task, 'all', report, onBytes);
  const parts = await Promise.all([runPart(zip, task, 'leaves', () => undefined), runPart(zip, task, 'archive', onBytes)]);
  const areClean = parts.every((part) => part !== undefined && part.findings.faults.length === 0);
  const found = areClean ? parts : [await runPart(zip, task, 'all', onBytes)];
  if (found[0] === undefined) return await checkEvidence(zip, task, 'all', report, onBytes);
  // The thread of the archive has results for the leaves too, which it did not judge.
  for (const part of found.toReversed()) report.add(part!.findings);
  const { size, border, ...leaves } = found[0].leaves;
  return { ...leaves, tree: new TreeHead(size, border) };
}

const isLarge = (zip: ZipArchive): boolean => [...zip.entries.values()].reduce((sum, { bytes }) => sum + bytes, 0) >= WORTH_THREADS_BYTES;

/** Beside this file, or beside or above the file that it was built into. */
const script = ['./verify-worker.ts', './verify-worker.js', '../verify-worker.js']
  .map((name) => new URL(name, import.meta.url))
  .find((url) => existsSync(url));

/** `undefined` where the thread could not do it, for whatever reason. */
function runPart(zip: ZipArchive, task: EvidenceTask, part: EvidencePart, onBytes: OnBytes): Promise<PartFound | undefined> {
  const { promise, resolve } = Promise.withResolvers<PartFound | undefined>();
  const workerData: VerifyWorkerData = { shared: zip.share(), task, part };
  const worker = new Worker(script!, { workerData, resourceLimits: HEAP_LIMITS, stderr: false });
  worker.on('message', (message: FromVerifyWorker) => {
    if (message.kind === 'bytes') return onBytes(message.done, message.total);
    resolve(message.found);
  });
  worker.once('error', () => resolve(undefined));
  worker.once('exit', () => resolve(undefined));
  return promise;
}
