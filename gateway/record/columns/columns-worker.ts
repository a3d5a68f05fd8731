// Digests the columns of answers behind the writer's back: a message asks for a look at the journal, results come in batches, `seen` ends the look.
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { collectPassedBytes } from '../../../shared/base/collect-passed-bytes.ts';
import { lowerPriority } from '../../lower-priority.ts';
import { createSalts } from '../salts.ts';
import { AnswerFollower } from './follow-answers.ts';
import { type MadeColumns, makeColumns } from './make-columns.ts';
import { PieceReader } from './piece-reader.ts';

export type ColumnsWorkerData = { readonly directory: string; readonly segment: string };
export type ColumnsMessage =
  | { readonly kind: 'made'; readonly batch: readonly MadeColumns[] }
  | { readonly kind: 'seen'; readonly oldest: string; readonly isBehind: boolean };

const READ_BYTES = 4 * 1_048_576;
/** The buffer of such a reading. */
const READ_AHEAD_BYTES = 1_048_576;
/** Then whoever asked may think again. */
const LOOK_MS = 250;
const BATCH = 64;
/** Requests go first, but a session that closes on a busy machine must not wait for ever. */
const NICENESS = 3;

const { directory, segment } = workerData as ColumnsWorkerData;
const follower = new AnswerFollower(directory, segment);
const salts = createSalts();
const port = parentPort!;

lowerPriority(NICENESS);
// It ends with the gateway, which may be killed: what was compiled is kept for the next start now.
flushCompileCache();
port.on('message', () => {
  const until = performance.now() + LOOK_MS;
  let isBehind = true;
  while (isBehind && performance.now() < until) {
    isBehind = follower.read(READ_BYTES);
    collectPassedBytes(READ_AHEAD_BYTES);
    digestDue();
  }
  port.postMessage({ kind: 'seen', oldest: follower.oldest, isBehind } satisfies ColumnsMessage);
});

function digestDue(): void {
  const reader = new PieceReader(directory);
  try {
    digestWith(reader);
  } finally {
    reader.close();
  }
}

function digestWith(reader: PieceReader): void {
  let batch: MadeColumns[] = [];
  for (const due of follower.due) {
    batch.push(makeColumns(reader, due, salts));
    follower.take(due);
    if (batch.length < BATCH) continue;
    port.postMessage({ kind: 'made', batch } satisfies ColumnsMessage);
    batch = [];
  }
  if (batch.length > 0) port.postMessage({ kind: 'made', batch } satisfies ColumnsMessage);
}
