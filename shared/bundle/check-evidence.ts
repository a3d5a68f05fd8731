import { ArchiveChecker } from './check-archive.ts';
import { type ArchivedEvidence, LeafChecker, type LeavesSummary } from './check-leaves.ts';
import type { Manifest } from './format.ts';
import type { Report } from './verification.ts';
import type { ZipArchive } from './zip-archive.ts';

export type EvidenceTask = {
  readonly manifest: Manifest;
  /** Digests that the custody log declares as taken out. */
  readonly redacted: ReadonlySet<string>;
};

/** `leaves`: each by itself and all of them together, whatever is archived. `archive`: what is archived, provided that nothing is wrong with the leaves. */
export type EvidencePart = 'all' | 'leaves' | 'archive';

export type OnBytes = (done: number, total: number) => void;

/** Leaves and disclosures, and the archive that must say the same. */
export async function checkEvidence(
  zip: ZipArchive,
  { manifest, redacted }: EvidenceTask,
  part: EvidencePart,
  report: Report,
  onBytes: OnBytes,
): Promise<LeavesSummary> {
  const { formatVersion } = manifest.steno;
  const archive = part === 'leaves' ? undefined : await ArchiveChecker.open(zip, report, redacted, formatVersion, onBytes);
  try {
    const leaves = await new LeafChecker(zip, report, redacted, archive ?? noArchive, part === 'archive').run(manifest.steno.snapshot);
    await archive?.finish(manifest, leaves.opening?.startedAt);
    return leaves;
  } finally {
    archive?.close();
  }
}

const noArchive: ArchivedEvidence = { take: async () => undefined, expect: async () => undefined, columns: async () => undefined };
