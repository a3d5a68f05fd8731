// Entry of the utility process: the engine behind a message port. It starts no process of its own (the packaged app's binary
// is no Node), so the workers for queries and replays are started by the app and relayed here.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReviewEngine } from '../engine/create-review-engine.ts';
import { createRelayedWorkers, isRelayMessage, type RelayReport } from '../engine/sql/relay-workers.ts';
import type { EngineAnswer, EngineMessage } from './engine-messages.ts';

const here = dirname(fileURLToPath(import.meta.url));
const send = (answer: EngineAnswer): void => process.parentPort.postMessage(answer);
const workers = createRelayedWorkers(send);
const engine = await createReviewEngine({ workerPath: join(here, 'sql-worker.js'), startWorker: workers.startWorker });

engine.on((event) => send({ kind: 'event', event }));
process.parentPort.on('message', ({ data }: { data: EngineMessage | RelayReport }) => {
  if (isRelayMessage(data)) workers.receive(data as RelayReport);
  else answer(data as EngineMessage);
});

function answer({ id, name, input }: EngineMessage): void {
  void engine.call(name, input).then((envelope) => send({ kind: 'answer', id, envelope }));
}
