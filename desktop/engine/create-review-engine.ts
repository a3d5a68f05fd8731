// The review engine behind one function: every call of the contract in one table, parsed on the way in and out.
import type { CallInput, CallName, CallOutput } from '../../shared/contract/calls.ts';
import type { EngineEvent } from '../../shared/contract/events.ts';
import type { Envelope } from '../../shared/contract/failure.ts';
import { parseCallInput, parseCallOutput } from '../../shared/contract/parse-call.ts';
import { createCalls } from './calls.ts';
import { createEngineParts, type ReviewEngineOptions } from './engine-parts.ts';
import { toFailure } from './to-failure.ts';

export type { ReviewEngineOptions } from './engine-parts.ts';

export type ReviewEngine = {
  /** Never rejects: failures are in the envelope. */
  call(name: string, input: unknown): Promise<Envelope>;
  on(listener: (event: EngineEvent) => void): () => void;
  close(): Promise<void>;
};

export type CallHandlers = { readonly [Name in CallName]: (input: CallInput<Name>) => Promise<CallOutput<Name>> };

export async function createReviewEngine(options: ReviewEngineOptions = {}): Promise<ReviewEngine> {
  const listeners = new Set<(event: EngineEvent) => void>();
  const emit = (event: EngineEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const parts = await createEngineParts(options, emit);
  const handlers = createCalls(parts);

  async function call(name: string, input: unknown): Promise<Envelope> {
    const parsed = parseCallInput(name, input);
    if (!parsed.ok) return parsed;
    try {
      const handler = handlers[name as CallName] as (input: unknown) => Promise<unknown>;
      return parseCallOutput(name as CallName, await handler(parsed.value));
    } catch (error) {
      return { ok: false, error: toFailure(error) };
    }
  }

  return {
    call,
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => parts.close(),
  };
}
