import type { StateCreator } from 'zustand';

type DiffLayout = 'side-by-side' | 'inline';

export type CompareSlice = {
  /** An exchange that was put aside as the left side of a comparison. */
  readonly compareLeft: { readonly exchangeId: string; readonly number: number } | undefined;
  readonly diffLayout: DiffLayout;
  setCompareLeft(side: CompareSlice['compareLeft']): void;
  setDiffLayout(layout: DiffLayout): void;
};

export const createCompareSlice: StateCreator<CompareSlice> = (set) => ({
  compareLeft: undefined,
  diffLayout: 'side-by-side',
  setCompareLeft: (compareLeft) => set({ compareLeft }),
  setDiffLayout: (diffLayout) => set({ diffLayout }),
});
