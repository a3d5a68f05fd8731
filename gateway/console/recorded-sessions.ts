import { Worker } from 'node:worker_threads';
import type { Principal } from '../exchange.ts';
import type { RecordedSession } from './pages/sessions-page.ts';

export type SessionOfPerson = RecordedSession & Pick<Principal, 'issuer' | 'subject'>;

const rememberMs = 3_000;
/** A reading is remembered for so many times as long as it took: a long journal must not keep a processor busy. */
const rememberFactor = 20;

/** What the journal holds, read in a thread of its own, since that takes a while and the gateway has other work. */
export class RecordedSessions {
  readonly #dataDirectory: string;
  #known: Promise<readonly SessionOfPerson[]> | undefined;
  #until = 0;

  constructor(dataDirectory: string) {
    this.#dataDirectory = dataDirectory;
  }

  /** Newest first. */
  async of({ issuer, subject }: Pick<Principal, 'issuer' | 'subject'>): Promise<RecordedSession[]> {
    const all = await this.#read();
    return all.filter((each) => each.issuer === issuer && each.subject === subject).toSorted((a, b) => b.startedAt - a.startedAt);
  }

  #read(): Promise<readonly SessionOfPerson[]> {
    if (this.#known !== undefined && Date.now() < this.#until) return this.#known;
    this.#until = Number.POSITIVE_INFINITY;
    const reading = readInThread(this.#dataDirectory);
    this.#known = reading.then(({ sessions }) => sessions);
    const remember = (tookMs: number): void => {
      this.#until = Date.now() + Math.max(rememberMs, rememberFactor * tookMs);
    };
    reading.then(({ tookMs }) => remember(tookMs)).catch(() => remember(0));
    return this.#known;
  }
}

/** `tookMs`: to read the journal, without the start of the thread. */
export type Reading = { readonly sessions: readonly SessionOfPerson[]; readonly tookMs: number };

function readInThread(dataDirectory: string): Promise<Reading> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./recorded-sessions-worker.ts', import.meta.url), { workerData: dataDirectory });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread that reads the journal ended with ${code}`)));
  });
}
