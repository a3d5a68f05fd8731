import type { Bundle } from '../../shared/bundle/bundle.ts';
import type { VerifyProgress } from '../../shared/bundle/verify-bundle.ts';
import type { BundleState, Verdict } from '../../shared/contract/case.ts';
import type { EngineFailure } from '../../shared/contract/failure.ts';
import type { EvidenceCheck, EvidenceSigner } from './load/evidence.ts';

/** One bundle of the case as it goes from opening to ready. Mutable: the opening writes it, everyone else reads. */
export type CaseBundle = {
  readonly bundleId: number;
  readonly path: string;
  readonly bundle: Bundle;
  readonly catalog: string;
  /** The DuckDB file of its tables. */
  readonly file: string;
  readonly numberOffset: number;
  readonly startedAt: number;
  readonly cancel: AbortController;
  phase: BundleState['phase'];
  attached: boolean;
  verdict: Verdict | undefined;
  signers: readonly EvidenceSigner[];
  checks: EvidenceCheck[];
  /** While it is verified. */
  verified: VerifyProgress | undefined;
  exchangesLoaded: number;
  loadStartedAt: number | undefined;
  elapsedMs: number;
  problems: EngineFailure[];
};

export function toBundleState(each: CaseBundle): BundleState {
  const { bundle, phase, verdict } = each;
  const loadingMs = each.loadStartedAt === undefined ? 0 : each.elapsedMs - (each.loadStartedAt - each.startedAt);
  return {
    bundleId: each.bundleId,
    path: each.path,
    fileName: toFileName(each.path),
    phase,
    ...(verdict === undefined ? {} : { verdict }),
    manifestSha256: bundle.manifestSha256,
    sessionName: bundle.session.name,
    checksDone: each.checks.length,
    ...(each.verified === undefined ? {} : { verifying: each.verified }),
    exchangesLoaded: each.exchangesLoaded,
    exchangesTotal: bundle.manifest.steno.exchanges,
    ...(loadingMs > 0 ? { rate: Math.round((each.exchangesLoaded / loadingMs) * 1000) } : {}),
    elapsedMs: each.elapsedMs,
    problems: each.problems,
  };
}

/** Only then are tables read that came with it: it is sound, and whoever exported it is known. */
export const trustsExporter = ({ verdict, signers }: CaseBundle): boolean =>
  verdict === 'sound' && signers.some(({ role, pinned }) => role === 'exporter' && pinned);

export const toFileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
