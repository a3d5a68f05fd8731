// Entry of the utility process: the engine behind a message port.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReviewEngine } from '../engine/create-review-engine.ts';
import type { EngineAnswer, EngineMessage } from './engine-messages.ts';

const here = dirname(fileURLToPath(import.meta.url));
const engine = await createReviewEngine({ workerPath: join(here, 'sql-worker.js') });
const send = (answer: EngineAnswer): void => process.parentPort.postMessage(answer);

engine.on((event) => send({ kind: 'event', event }));
process.parentPort.on('message', ({ data }: { data: EngineMessage }) => {
  void engine.call(data.name, data.input).then((envelope) => send({ kind: 'answer', id: data.id, envelope }));
});
