import { useReview, useReviewParts } from '../../store/review-context.tsx';

/** Opens files that a person chose, however the host gets their paths. */
export function useOpenFiles(): {
  readonly openDialog: () => Promise<void>;
  readonly openDropped: (files: readonly File[]) => Promise<void>;
} {
  const { host } = useReviewParts();
  const openBundles = useReview((state) => state.openBundles);
  const setOpenFailure = useReview((state) => state.setOpenFailure);

  async function openFrom(paths: Promise<readonly string[]>): Promise<void> {
    try {
      await openBundles(await paths);
    } catch (cause) {
      setOpenFailure({ code: 'OPEN_FILE_REFUSED', message: cause instanceof Error ? cause.message : String(cause) });
    }
  }

  return { openDialog: () => openFrom(host.pickFiles()), openDropped: (files) => openFrom(host.pathsOf(files)) };
}
