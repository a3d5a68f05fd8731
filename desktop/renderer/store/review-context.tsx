import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { Review, ReviewState } from './review.ts';

const ReviewContext = createContext<Review | undefined>(undefined);

export function ReviewProvider({ review, children }: { readonly review: Review; readonly children: ReactNode }) {
  return <ReviewContext.Provider value={review}>{children}</ReviewContext.Provider>;
}

export function useReviewParts(): Review {
  const review = useContext(ReviewContext);
  if (review === undefined) throw new Error('A screen stands outside its ReviewProvider.');
  return review;
}

export const useReview = <Selected,>(select: (state: ReviewState) => Selected): Selected => useStore(useReviewParts().store, select);
