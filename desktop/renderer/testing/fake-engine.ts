// An engine made of the answers a test gives it. Inputs and answers still pass the contract, so a test cannot drift from it.
import { CALLS, type CallInput, type CallName, type CallOutput } from '../../../shared/contract/calls.ts';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import type { EngineEvent } from '../../../shared/contract/events.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import { parseCallInput } from '../../../shared/contract/parse-call.ts';
import type { Host } from '../connect-engine.ts';

export type FakeAnswers = { [Name in CallName]?: (input: CallInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>> };

export type FakeEngine = {
  readonly host: Host;
  /** What was asked, in order. */
  readonly asked: readonly { readonly name: CallName; readonly input: unknown }[];
  /** The inputs of one call. */
  inputsOf<Name extends CallName>(name: Name): readonly CallInput<Name>[];
  say(event: EngineEvent): void;
};

export function aFakeEngine(answers: FakeAnswers): FakeEngine {
  const listeners = new Set<(event: unknown) => void>();
  const asked: { name: CallName; input: unknown }[] = [];

  async function call(name: string, input: unknown): Promise<unknown> {
    const parsed = parseCallInput(name, input);
    if (!parsed.ok) throw new Error(parsed.error.message);
    asked.push({ name: name as CallName, input });
    const answer = answers[name as CallName] as ((input: unknown) => unknown) | undefined;
    if (answer === undefined) return { ok: false, error: { code: 'TEST_NO_ANSWER', message: `The test gives no answer to ${name}.` } };
    try {
      return { ok: true, value: CALLS[name as CallName].output.parse(await answer(parsed.value)) };
    } catch (error) {
      if (error instanceof EngineError) return { ok: false, error: error.toFailure() };
      throw error;
    }
  }

  const engine = createEngineClient({
    call,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return {
    host: { edition: 'browser', engine, pickFiles: async () => [], pathsOf: async (files) => files.map((file) => `/dropped/${file.name}`) },
    asked,
    inputsOf: <Name extends CallName>(name: Name) =>
      asked.filter((each) => each.name === name).map((each) => each.input as CallInput<Name>),
    say: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
}
