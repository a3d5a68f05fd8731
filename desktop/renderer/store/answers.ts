// One-off answers of the engine, kept while they are likely to be looked at again. An answer belongs to its question: one that
// arrives after the question changed is never shown.
import type { CallInput, CallName, CallOutput } from '../../../shared/contract/calls.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import type { EngineFailure } from '../../../shared/contract/failure.ts';

type Answer<Value> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: Value }
  | { readonly status: 'failed'; readonly failure: EngineFailure };

const LOADING = { status: 'loading' } as const;

export type Answers = {
  /** Asks when the question is new. `key` separates answers of different states of the case. */
  ask<Name extends CallName>(key: string, name: Name, input: CallInput<Name>): void;
  peek<Name extends CallName>(key: string): Answer<CallOutput<Name>>;
  retry<Name extends CallName>(key: string, name: Name, input: CallInput<Name>): void;
  subscribe(listener: () => void): () => void;
};

const MOST_KEPT = 120;

export function createAnswers(engine: EngineApi): Answers {
  const kept = new Map<string, Answer<unknown>>();
  const listeners = new Set<() => void>();

  const put = (key: string, answer: Answer<unknown>): void => {
    kept.delete(key);
    kept.set(key, answer);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    for (const listener of listeners) listener();
  };

  async function fetchAnswer<Name extends CallName>(key: string, name: Name, input: CallInput<Name>): Promise<void> {
    put(key, LOADING);
    const answer = await engine.tryCall(name, input);
    put(key, answer.ok ? { status: 'ready', value: answer.value } : { status: 'failed', failure: answer.error });
  }

  return {
    ask(key, name, input) {
      if (!kept.has(key)) void fetchAnswer(key, name, input);
    },
    peek: <Name extends CallName>(key: string) => (kept.get(key) ?? LOADING) as Answer<CallOutput<Name>>,
    retry: (key, name, input) => void fetchAnswer(key, name, input),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
