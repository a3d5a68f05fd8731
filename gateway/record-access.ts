import type { IncomingMessage } from 'node:http';
import { createExchangeId } from '../shared/base/ids.ts';
import type { AccessEvent, Door, Exchange, Principal, SessionRef } from './exchange.ts';
import { nobody, toPrincipalInput, toRecordedHeaders } from './open-record.ts';
import type { Recorder } from './record/recorder.ts';
import type { Sessions } from './session/sessions.ts';

/**
 * Who came in, by which door, and who was turned away: token exchanges and sign-ins are exchanges of the session they are for, without bodies, which
 * are credentials. What was refused has the session of those whom nobody knows.
 */
export class AccessRecord {
  readonly #recorder: Recorder;
  readonly #sessions: Sessions;

  constructor(recorder: Recorder, sessions: Sessions) {
    this.#recorder = recorder;
    this.#sessions = sessions;
  }

  /** Durable when resolved. Rejects with RecorderDown: then nobody may come in. */
  async record(request: IncomingMessage, event: AccessEvent, door: Door = 'direct'): Promise<void> {
    const principal = event.principal ?? nobody;
    const { sessionId } = this.#openSession(request, principal, event.session ?? 'default');
    const recording = this.#recorder.open({
      exchangeId: createExchangeId(),
      sessionId,
      principal: toPrincipalInput({ principal, request }),
      client: { address: request.socket.remoteAddress, door },
      request: {
        method: request.method ?? '',
        // The query of a callback is a credential.
        target: request.url?.split('?')[0] ?? '',
        httpVersion: request.httpVersion,
        headers: toRecordedHeaders(request.rawHeaders),
      },
      methodId: `steno.${event.kind}`,
      decision: { effect: event.refusal === undefined ? 'allow' : 'deny', rules: [], reason: event.refusal },
    });
    recording.responseHead(event.status, []);
    await recording.end({
      outcome: event.refusal === undefined ? 'answered' : 'refused',
      status: event.status,
      framing: 'complete',
      bytesFromUpstream: 0,
    });
  }

  #openSession(request: IncomingMessage, principal: Principal, name: string): SessionRef {
    const exchange: Pick<Exchange, 'session' | 'principal'> = {
      session: this.#sessions.find(principal, principal === nobody ? 'unauthenticated' : name),
      principal,
    };
    const open = (): void => {
      const { sessionId, name: known, startedAt } = exchange.session!;
      this.#recorder.openSession({ sessionId, name: known, startedAt, principal: toPrincipalInput({ principal, request }) });
    };
    try {
      open();
    } catch (error) {
      if ((error as Error).name !== 'SessionClosed') throw error;
      this.#sessions.renew(exchange);
      open();
    }
    return exchange.session!;
  }
}
