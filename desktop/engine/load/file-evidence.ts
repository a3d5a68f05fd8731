import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { verifyOpenBundle } from '../../../shared/bundle/verify-bundle.ts';
import type { Evidence } from './evidence.ts';

/** Bundles from files; `identities` opens those that are encrypted. The recorder's key is the gateway's. */
export const createFileEvidence = (identities: () => readonly string[] = () => []): Evidence => ({
  open: (path, options) => openBundle(path, { ...options, identities: identities() }),
  verify: async (bundle, { pinnedKeys, onCheck, onProgress }) => {
    const { verdict, signers, checks } = await verifyOpenBundle(bundle, { pinnedKeys, onProgress });
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
});

export const fileEvidence: Evidence = createFileEvidence();
