import { fileEvidence } from '../load/file-evidence.ts';
import { createReviewCase, type ReviewCase } from '../review-case.ts';

/** The case of bundles that lie on the disk, as someone sees it who has pinned these keys. */
export async function openCase(bundles: readonly string[], pinned: readonly string[]): Promise<ReviewCase> {
  const review = await createReviewCase({
    evidence: fileEvidence,
    memoryLimit: '512MB',
    pinnedKeys: () => pinned,
    onProgress: () => undefined,
    onCheck: () => undefined,
  });
  await review.open(bundles);
  while (review.state().phase === 'opening') await new Promise((wake) => setTimeout(wake, 5));
  return review;
}
