/** One part of a verification in a thread of its own; says what it found, or throws. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkEvidence, type EvidencePart, type EvidenceTask } from './check-evidence.ts';
import type { LeavesSummary } from './check-leaves.ts';
import { type Findings, Report } from './verification.ts';
import { type SharedArchive, ZipArchive } from './zip-archive.ts';

export type VerifyWorkerData = { readonly shared: SharedArchive; readonly task: EvidenceTask; readonly part: EvidencePart };

export type PartFound = {
  readonly findings: Findings;
  readonly leaves: Omit<LeavesSummary, 'tree'> & { readonly size: number; readonly border: readonly string[] };
};

export type FromVerifyWorker =
  | { readonly kind: 'bytes'; readonly done: number; readonly total: number }
  | { readonly kind: 'found'; readonly found: PartFound };

const { shared, task, part } = workerData as VerifyWorkerData;
const tell = (message: FromVerifyWorker): void => parentPort!.postMessage(message);
const report = new Report();
const onBytes = (done: number, total: number): void => tell({ kind: 'bytes', done, total });
const { tree, ...leaves } = await checkEvidence(ZipArchive.ofShared(shared), task, part, report, onBytes);
tell({ kind: 'found', found: { findings: report.findings(), leaves: { ...leaves, size: tree.size, border: tree.border } } });
