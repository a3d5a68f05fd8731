import { useReview, useReviewParts } from '../../store/review-context.tsx';

/** Opens what the person picks in the system's dialog; undefined where the host has no dialog. */
export function useOpenDialog(): (() => Promise<void>) | undefined {
  const { pickFiles } = useReviewParts().host;
  const openBundles = useReview((state) => state.openBundles);
  if (pickFiles === undefined) return undefined;
  return async () => {
    await openBundles(await pickFiles());
  };
}
