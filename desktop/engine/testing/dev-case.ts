// An engine over made-up sessions, for working on screens without a gateway: `await createDevCase()`, then hand it to a host.
import { busySession } from '../../../fixtures/sessions/busy-session.ts';
import { createMemoryBundle } from '../../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../../fixtures/sessions/memory-evidence.ts';
import { salesSession } from '../../../fixtures/sessions/sales-session.ts';
import { createReviewEngine, type ReviewEngine } from '../create-review-engine.ts';

/** The paths that `case:open` finds in such an engine. */
export const devPaths = ['/memory/nightly-report.wacz', '/memory/busy.wacz'];

/** An engine that knows two sessions, one small with everything, one of `size` exchanges; both are being opened. */
export async function createDevCase(size = 5000): Promise<ReviewEngine> {
  const bundles = [createMemoryBundle(salesSession()), createMemoryBundle(busySession(size))];
  const engine = await createReviewEngine({ evidence: createMemoryEvidence(bundles), settingsDirectory: false });
  await engine.call('case:open', { paths: devPaths });
  return engine;
}
