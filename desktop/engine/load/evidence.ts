import type { Bundle } from '../../../shared/bundle/bundle.ts';

export type EvidenceCheck = {
  readonly name: string;
  readonly subject: string;
  readonly status: 'passed' | 'failed' | 'missing' | 'skipped';
  readonly detail?: string | undefined;
};

export type EvidenceSigner = {
  readonly role: 'gateway' | 'exporter';
  readonly name?: string | undefined;
  readonly fingerprint: string;
  readonly pinned: boolean;
};

export type Verification = {
  readonly verdict: 'sound' | 'sound-unknown-key' | 'not-sound';
  readonly signers: readonly EvidenceSigner[];
  readonly checks: readonly EvidenceCheck[];
};

export type VerifyOptions = {
  /** Fingerprints that the investigator trusts. */
  readonly pinnedKeys: readonly string[];
  readonly onCheck: (check: EvidenceCheck) => void;
  readonly signal: AbortSignal;
};

/** Where bundles come from: files in the app, texts in tests. Opening throws `BundleError`; verifying returns a report. */
export type Evidence = {
  open(path: string): Promise<Bundle>;
  verify(path: string, options: VerifyOptions): Promise<Verification>;
};
