import { err, type Result } from '../base/result.ts';
import type { CallInput, CallName, CallOutput } from './calls.ts';
import type { EngineApi, EngineTransport } from './engine-api.ts';
import { EngineEvent, type EngineEventKind, type EngineEventOf } from './events.ts';
import { EngineError, type EngineFailure, Envelope } from './failure.ts';
import { parseCallOutput } from './parse-call.ts';

/** The engine over any transport; every answer and event is parsed before a screen sees it. */
export function createEngineClient(transport: EngineTransport): EngineApi {
  async function tryCall<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>, EngineFailure>> {
    const answer = await transport.call(name, input).catch((cause: unknown) => ({ ok: false, error: toUnreachable(cause) }));
    const envelope = Envelope.safeParse(answer);
    if (!envelope.success) return err({ code: 'CONTRACT_BAD_ENVELOPE', message: `The engine's answer to ${name} is not an envelope.` });
    return envelope.data.ok ? parseCallOutput(name, envelope.data.value) : err(envelope.data.error);
  }

  async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
    const answer = await tryCall(name, input);
    if (!answer.ok) throw new EngineError(answer.error);
    return answer.value;
  }

  function on<Kind extends EngineEventKind>(kind: Kind, listener: (event: EngineEventOf<Kind>) => void): () => void {
    return transport.on((raw) => {
      const event = EngineEvent.safeParse(raw);
      if (event.success && event.data.kind === kind) listener(event.data as EngineEventOf<Kind>);
    });
  }

  return { call, tryCall, on };
}

function toUnreachable(cause: unknown): EngineFailure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return {
    code: 'ENGINE_UNREACHABLE',
    message: `The engine did not answer: ${why}`,
    remedy: 'Reload the window; if it happens again, restart the app.',
  };
}
