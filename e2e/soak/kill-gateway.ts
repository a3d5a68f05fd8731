import { checkJournal } from '../../gateway/record/fsck.ts';
import { type GatewayProcess, isListening, spawnGateway } from '../../gateway/testing/gateway-process.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { type Comparison, compareLedgers } from './ledgers/compare-ledgers.ts';
import { type Crowd, startCrowd } from './ledgers/crowd.ts';
import { startJobDouble } from './ledgers/job-double.ts';
import { readRecords } from './ledgers/read-records.ts';
import { prepareGateway, type SoakGateway } from './ledgers/soak-gateway.ts';

export type KillOutcome = Comparison & {
  readonly kills: number;
  /** Of them, while the gateway was still starting: recovery itself was killed. */
  readonly killedStarting: number;
  /** Starts that came up by themselves, of all that were let. */
  readonly started: number;
  readonly slowestStartMs: number;
  readonly exchanges: number;
};

const LONGEST_LIFE_MS = 1_800;
const LONGEST_START_MS = 1_200;
/** Answers that have come before three of four lives are at their end: what a kill hits does not hang on the speed of the machine. */
const FIRST_ANSWERS = 25;
const LONGEST_ANSWERS_MS = 60_000;

/**
 * One gateway, killed again and again at random points under `clients` concurrent exchanges, and started on what is left; one kill in
 * six falls into the start. In the end, the ledgers of clients and upstream are compared with the exports of all sessions.
 */
export async function killGateway(seed: number, kills: number, clients: number): Promise<KillOutcome> {
  const double = await startJobDouble(seed);
  const gateway = await prepareGateway({ upstream: double.url });
  const crowd = startCrowd({ port: gateway.port, tokens: gateway.tokens, clients, seed });
  try {
    const lives = await liveAndDie(gateway, crowd, createRandom(seed), kills);
    await crowd.end();
    const records = await readRecords(gateway.dataDirectory);
    const comparison = compareLedgers({ clients: crowd.entries, upstream: double.entries, exchanges: records.exchanges });
    const { findings } = checkJournal(gateway.dataDirectory);
    const faults = [...lives.faults, ...records.faults, ...findings, ...comparison.faults];
    return { ...comparison, ...lives, kills, exchanges: records.exchanges.length, faults };
  } finally {
    await crowd.end();
    await double.close();
    await gateway.close();
  }
}

type Lives = { started: number; killedStarting: number; slowestStartMs: number; readonly faults: string[] };

async function liveAndDie(gateway: SoakGateway, crowd: Crowd, random: () => number, kills: number): Promise<Lives> {
  const lives: Lives = { started: 0, killedStarting: 0, slowestStartMs: 0, faults: [] };
  for (let kill = 0; kill < kills; kill += 1) {
    const process = spawnGateway(gateway.configPath);
    if (random() < 1 / 6) {
      lives.killedStarting += 1;
      await pause(random() * LONGEST_START_MS);
    } else {
      if (!(await comesUp(gateway, process, lives, kill))) return lives;
      await checkJobsAreKept(gateway, crowd, lives, random);
      crowd.go();
      if (lives.started % 4 !== 0) await answersCame(crowd, lives, kill);
      await pause(20 + random() ** 2 * LONGEST_LIFE_MS);
    }
    await process.kill();
  }
  const last = spawnGateway(gateway.configPath);
  if (await comesUp(gateway, last, lives, kills)) await last.stop();
  return lives;
}

async function comesUp(gateway: SoakGateway, process: GatewayProcess, lives: Lives, kill: number): Promise<boolean> {
  const begun = performance.now();
  const isUp = await isListening(process, gateway.port).catch(() => false);
  lives.slowestStartMs = Math.max(lives.slowestStartMs, performance.now() - begun);
  if (isUp) lives.started += 1;
  else lives.faults.push(`after kill ${kill} the gateway did not start: ${process.output().slice(-1_000)}`);
  if (!isUp) await process.kill();
  return isUp;
}

async function answersCame(crowd: Crowd, lives: Lives, kill: number): Promise<void> {
  const before = countAnswers(crowd);
  for (const end = Date.now() + LONGEST_ANSWERS_MS; countAnswers(crowd) < before + FIRST_ANSWERS; await pause(20))
    if (Date.now() > end)
      return void lives.faults.push(`before kill ${kill} fewer than ${FIRST_ANSWERS} answers came in ${LONGEST_ANSWERS_MS} ms`);
}

const countAnswers = ({ entries }: Crowd): number =>
  [...entries.values()].filter(({ complete }) => (complete?.status ?? 503) !== 503).length;

/** Whoever learned the id of a job may ask for it after the crash. */
async function checkJobsAreKept(gateway: SoakGateway, crowd: Crowd, lives: Lives, random: () => number): Promise<void> {
  const made = [...crowd.entries.values()].filter(({ kind, complete }) => kind === 'job' && complete?.status === 200);
  for (const { key } of made.slice(-40).filter(() => random() < 0.1)) {
    const client = Number(key.split('_')[2]);
    const token = gateway.tokens[client % gateway.tokens.length]!;
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/bigquery/v2/projects/acme/jobs/${key}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) lives.faults.push(`the job ${key} is no longer its owner's: ${answer.status}`);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
