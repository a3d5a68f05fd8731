// A recorder under load that seals at the same time and is going to be killed. Its ledger: as in record/testing/kill-child.ts.
// `seal-child.ts DIRECTORY SEED AGENTS`; STENO_TEST_STORAGE: the storage of the configuration, as JSON.
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';
import type { Config } from '../../config.ts';
import { openRecorder } from '../../record/open-recorder.ts';
import { anEnd, anIntent, aSession, sendBody, sha256 } from '../../record/testing/an-exchange.ts';
import { tell } from '../../record/testing/tell.ts';
import { openArchive } from '../archive.ts';
import { Sealer } from '../seal-sessions.ts';
import { sweepArchive } from '../sweep-archive.ts';

const [directory, seed, agents] = process.argv.slice(2);
const storage = process.env['STENO_TEST_STORAGE'];
const begunAt = Date.now();
const random = createRandom(Number(seed));
const recorder = await openRecorder({ directory: directory!, segmentBytes: 150_000, queueBytes: 1_000_000 });
const archive = await openArchive(directory!, storage === undefined ? undefined : (JSON.parse(storage) as Config['storage']));
let session = aSession(recorder);
tell('R');

async function agent(): Promise<void> {
  for (;;) {
    const record = recorder.open(anIntent(session));
    record.requestBody(Buffer.from(`{"query":"${record.exchangeId}"}`));
    await record.durable();
    tell(`I ${record.exchangeId}`);
    const body = Buffer.alloc(Math.floor(random() ** 4 * 100_000), record.exchangeId);
    record.responseHead(200, [['content-type', 'application/json']]);
    await sendBody(record, body, 16_384);
    tell(`C ${record.exchangeId} ${sha256(body)}`);
    await record.end(anEnd(body.length));
    tell(`E ${record.exchangeId}`);
    await new Promise((resolve) => setTimeout(resolve, random() * 20));
  }
}

async function turnSessions(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 80));
    const before = session;
    session = aSession(recorder, `session ${Math.floor(random() * 1_000)}`);
    await recorder.closeSession(before, 'rolled over');
  }
}

async function seal(): Promise<void> {
  await sweepArchive(archive, begunAt);
  const sealer = new Sealer({ archive, enter: (entry) => recorder.enter(entry) });
  for (;;) {
    await sealer.run();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

await Promise.all([...Array.from({ length: Number(agents) }, agent), turnSessions(), seal()]);
