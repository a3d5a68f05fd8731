// A recorder that changes its key again and again, and is going to be killed. Its output: `S id` a session is closed and signed, `K` a key more.
import { setTimeout as delay } from 'node:timers/promises';
import { RotationRefused, readKeyEpochs, requestRotation } from '../key-ring.ts';
import { openRecorder } from '../open-recorder.ts';
import { aSession, recordExchange } from './an-exchange.ts';
import { tell } from './tell.ts';

const directory = process.argv[2]!;
const recorder = await openRecorder({ directory });
tell('R');

async function rotate(): Promise<void> {
  for (;;) {
    try {
      requestRotation(directory, 0);
    } catch (error) {
      if (!(error instanceof RotationRefused)) throw error;
    }
    // Sooner than the recorder looks by itself, so that a kill finds it at every step.
    const before = readKeyEpochs(directory).length;
    await (recorder as unknown as { tendKeys(): Promise<void> }).tendKeys();
    if (readKeyEpochs(directory).length > before) tell('K');
    await delay(60);
  }
}

async function work(): Promise<void> {
  for (;;) {
    const session = aSession(recorder);
    await recordExchange(recorder, session, Buffer.from('x'));
    await recorder.closeSession(session, 'done');
    tell(`S ${session}`);
  }
}

await Promise.all([rotate(), work()]);
