import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { CallInput, CallName, CallOutput } from '../../../shared/contract/calls.ts';
import type { EngineFailure } from '../../../shared/contract/failure.ts';
import { useReview, useReviewParts } from './review-context.tsx';

export type LiveAnswer<Value> = {
  readonly status: 'loading' | 'ready' | 'failed';
  /** Of this question; while it loads, the last answer to the same call about the same `subject`, so that screens do not blink. */
  readonly value: Value | undefined;
  readonly failure: EngineFailure | undefined;
  readonly retry: () => void;
};

/**
 * The engine's answer, asked for again when the tables or the pinned keys change. Without input nothing is asked.
 * `subject` says what the answer is about: the old answer is never shown under a new subject.
 */
export function useAnswer<Name extends CallName>(
  name: Name,
  input: CallInput<Name> | undefined,
  subject = '',
): LiveAnswer<CallOutput<Name>> {
  const { answers } = useReviewParts();
  const state = useReview((review) => `${review.revision}.${review.pinRevision}`);
  const key = `${state} ${name} ${JSON.stringify(input)}`;
  const answer = useSyncExternalStore(answers.subscribe, () => answers.peek<Name>(key));
  const shown = useRef<{ subject: string; value: CallOutput<Name> } | undefined>(undefined);
  if (answer.status === 'ready') shown.current = { subject, value: answer.value };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key spells the input out
  useEffect(() => {
    if (input !== undefined) answers.ask(key, name, input);
  }, [answers, key]);

  return {
    status: answer.status,
    value: answer.status === 'failed' || shown.current?.subject !== subject ? undefined : shown.current.value,
    failure: answer.status === 'failed' ? answer.failure : undefined,
    retry: () => input !== undefined && answers.retry(key, name, input),
  };
}
