// A recorder and the ledger beside it at work, small enough to be traced: `workload.ts DIRECTORY SEED LIFE [seals]`; with `seals`, closed
// sessions go into the store, and their segments from the journal. Its own ledger is its output, in the order things happened: what
// `tellExchange` says, and `O id` the owner of a job is kept. It dies without a farewell.
import { openSync, statSync, writeSync } from 'node:fs';
import { sealAll } from '../../../gateway/archive/testing/an-archive.ts';
import { listSegments } from '../../../gateway/record/list-segments.ts';
import { openRecorder } from '../../../gateway/record/open-recorder.ts';
import { anIntent, aSession, sendBody } from '../../../gateway/record/testing/an-exchange.ts';
import { tell } from '../../../gateway/record/testing/tell.ts';
import { tellExchange } from '../../../gateway/record/testing/tell-exchange.ts';
import { Ledger } from '../../../gateway/session/ledger.ts';
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';

const [directory, seed, life, seals] = process.argv.slice(2) as [string, string, string, string | undefined];
const random = createRandom(Number(seed) * 10 + Number(life));
const recorder = await openRecorder({
  directory,
  segmentBytes: 24_000,
  queueBytes: 64_000,
  reserveBytes: 8_192,
  reconcile: async () => ({ state: 'running' }),
});
let ledger: Ledger | undefined;
let session = aSession(recorder);

async function keepOwner(jobId: string): Promise<void> {
  if (ledger === undefined) return;
  ledger.ownJob({ projectId: 'p', jobId, issuer: 'i', subject: 's', wishes: '[]' });
  await ledger.commit();
  tell(`O ${jobId}`);
}

async function agent(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1)
    await tellExchange(recorder, session, { bodyBytes: Math.floor(random() ** 3 * 12_000), pieceBytes: 4_096, keep: keepOwner });
}

// What the ledger syncs must not be what keeps the journal.
await Promise.all([agent(1), agent(1), agent(1)]);
ledger = new Ledger(directory);
await Promise.all([agent(4), agent(4), agent(3)]);
const before = session;
session = aSession(recorder, 'second');
await Promise.all([recorder.closeSession(before, 'rolled over'), agent(3), agent(3)]);
if (seals !== undefined) await sealAll(directory, recorder);
// Left open: the next life has something to reconcile.
const open = recorder.open(anIntent(session));
await open.durable();
tell(`I ${open.exchangeId}`);
open.responseHead(200, []);
await sendBody(open, Buffer.alloc(5_000, 'never ended'));
await recorder.open(anIntent(session)).durable();
// As a power loss would leave it: the next life begins with a tail that is torn.
const newest = listSegments(directory).at(-1)!;
const fd = openSync(newest, 'r+');
writeSync(fd, Buffer.alloc(700 + Math.floor(random() * 3_000), 'torn'), 0, undefined, statSync(newest).size);
process.kill(process.pid, 'SIGKILL');
