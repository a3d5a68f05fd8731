import * as z from 'zod/mini';
import { Verdict } from './case.ts';
import { BundleId, Instant } from './scalars.ts';

export const Check = z.object({
  name: z.string(),
  /** The file, record or key that was checked. */
  subject: z.string(),
  status: z.enum(['passed', 'failed', 'missing', 'skipped']),
  detail: z.optional(z.string()),
});
export type Check = z.infer<typeof Check>;

export const Signer = z.object({
  /** `gateway` recorded the session, `exporter` made the bundle: two separate statements. */
  role: z.enum(['gateway', 'exporter']),
  name: z.optional(z.string()),
  fingerprint: z.string(),
  pinned: z.boolean(),
});
export type Signer = z.infer<typeof Signer>;

export const BundleIntegrity = z.object({
  bundleId: BundleId,
  fileName: z.string(),
  /** Absent while verification runs, and when the bundle could not be opened. */
  verdict: z.optional(Verdict),
  signers: z.array(Signer),
  checks: z.array(Check),
  proved: z.array(z.string()),
  notProved: z.array(z.string()),
});
export type BundleIntegrity = z.infer<typeof BundleIntegrity>;

export const PinnedKey = z.object({ fingerprint: z.string(), label: z.string(), pinnedAt: Instant });
export type PinnedKey = z.infer<typeof PinnedKey>;
