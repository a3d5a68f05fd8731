// A recorder under load that is going to be killed. Its ledger is its output, one line each, in the order things happened:
// `R` ready · `I id` the intent is durable, the request may go upstream · `C id sha256` end() was called · `E id` the client may have its last byte.
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';
import { openRecorder } from '../open-recorder.ts';
import { anEnd, anIntent, aSession, sendBody, sha256 } from './an-exchange.ts';
import { tell } from './tell.ts';

const [directory, seed, agents] = process.argv.slice(2);
const random = createRandom(Number(seed));
const recorder = await openRecorder({ directory: directory!, segmentBytes: 400_000, queueBytes: 1_000_000 });
let session = aSession(recorder);
tell('R');

async function agent(): Promise<void> {
  for (;;) {
    const record = recorder.open(anIntent(session));
    record.requestBody(Buffer.from(`{"query":"${record.exchangeId}"}`));
    await record.durable();
    tell(`I ${record.exchangeId}`);
    const body = Buffer.alloc(Math.floor(random() ** 4 * 200_000), record.exchangeId);
    record.responseHead(200, [['content-type', 'application/json']]);
    await sendBody(record, body, 16_384);
    tell(`C ${record.exchangeId} ${sha256(body)}`);
    await record.end(anEnd(body.length));
    tell(`E ${record.exchangeId}`);
  }
}

async function turnSessions(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = session;
    session = aSession(recorder, `session ${Math.floor(random() * 1_000)}`);
    await recorder.closeSession(before, 'rolled over');
  }
}

await Promise.all([...Array.from({ length: Number(agents) }, agent), turnSessions()]);
