import type { Bundle } from '../../../shared/bundle/bundle.ts';
import type { VerifyProgress } from '../../../shared/bundle/verify-bundle.ts';

export type EvidenceCheck = {
  readonly name: string;
  readonly subject: string;
  readonly status: 'passed' | 'failed' | 'missing' | 'skipped';
  readonly detail?: string | undefined;
};

export type EvidenceSigner = {
  readonly role: 'gateway' | 'exporter';
  readonly name?: string | undefined;
  /** `NAME+ID+BASE64`. */
  readonly key: string;
  readonly fingerprint: string;
  readonly pinned: boolean;
};

type Verification = {
  readonly verdict: 'sound' | 'sound-unknown-key' | 'not-sound';
  readonly signers: readonly EvidenceSigner[];
  readonly checks: readonly EvidenceCheck[];
};

type VerifyOptions = {
  /** Public keys that the investigator trusts, `NAME+ID+BASE64`. */
  readonly pinnedKeys: readonly string[];
  readonly onCheck: (check: EvidenceCheck) => void;
  readonly onProgress?: (progress: VerifyProgress) => void;
  readonly signal: AbortSignal;
};

/**
 * Where bundles come from: files in the app, texts in tests. Opening throws `BundleError`; verifying returns a report about exactly what is open.
 * `folder`: where private copies may lie until the bundle is closed.
 */
export type Evidence = {
  open(path: string, options?: { readonly folder?: string }): Promise<Bundle>;
  verify(bundle: Bundle, options: VerifyOptions): Promise<Verification>;
};
