import type { Result } from '../base/result.ts';
import type { CallInput, CallName, CallOutput } from './calls.ts';
import type { EngineEventKind, EngineEventOf } from './events.ts';
import type { EngineFailure } from './failure.ts';

/** The engine as the renderer sees it, whatever lies between. */
export type EngineApi = {
  /** Throws `EngineError`. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** The same call; the failure is a value. */
  tryCall<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>, EngineFailure>>;
  /** Returns how to stop listening. */
  on<Kind extends EngineEventKind>(kind: Kind, listener: (event: EngineEventOf<Kind>) => void): () => void;
};

/** What a host provides: messages there and back, none of them trusted. */
export type EngineTransport = {
  /** Resolves with an `Envelope`; rejects only when the engine cannot be reached. */
  call(name: string, input: unknown): Promise<unknown>;
  on(listener: (event: unknown) => void): () => void;
};
