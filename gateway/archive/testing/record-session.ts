import type { Recorder } from '../../record/recorder.ts';
import { aSession, recordExchange } from '../../record/testing/an-exchange.ts';

/** A closed session whose answers are told apart by the session's name and their number. */
export async function recordSession(recorder: Recorder, name: string, exchanges: number, bytes = 6_000): Promise<string> {
  const session = aSession(recorder, name);
  for (let index = 0; index < exchanges; index += 1) await recordExchange(recorder, session, Buffer.alloc(bytes, `${name} ${index} `));
  await recorder.closeSession(session, 'done');
  return session;
}
