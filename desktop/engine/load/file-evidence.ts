import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { verifyBundle } from '../../../shared/bundle/verify-bundle.ts';
import type { Evidence } from './evidence.ts';

/** Bundles from files. The recorder's key is the gateway's. */
export const fileEvidence: Evidence = {
  open: openBundle,
  verify: async (path, { pinnedKeys, onCheck }) => {
    const { verdict, signers, checks } = await verifyBundle(path, { pinnedKeys });
    for (const check of checks) onCheck(check);
    return {
      verdict,
      checks,
      signers: signers.map(({ role, name, key, fingerprint, isPinned }) => ({
        role: role === 'recorder' ? 'gateway' : 'exporter',
        name,
        key,
        fingerprint,
        pinned: isPinned,
      })),
    };
  },
};
