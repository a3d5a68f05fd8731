import { Worker } from 'node:worker_threads';
import type { Principal } from '../exchange.ts';
import type { RecordedSession } from './pages/sessions-page.ts';

export type SessionOfPerson = RecordedSession & Pick<Principal, 'issuer' | 'subject'>;

const rememberMs = 3_000;

/** What the journal holds, read in a thread of its own, since that takes a while and the gateway has other work; remembered for seconds. */
export class RecordedSessions {
  readonly #dataDirectory: string;
  #known: { readonly at: number; readonly sessions: Promise<readonly SessionOfPerson[]> } | undefined;

  constructor(dataDirectory: string) {
    this.#dataDirectory = dataDirectory;
  }

  /** Newest first. */
  async of({ issuer, subject }: Pick<Principal, 'issuer' | 'subject'>): Promise<RecordedSession[]> {
    const all = await this.#read();
    return all.filter((each) => each.issuer === issuer && each.subject === subject).toSorted((a, b) => b.startedAt - a.startedAt);
  }

  #read(): Promise<readonly SessionOfPerson[]> {
    const now = Date.now();
    if (this.#known === undefined || now - this.#known.at > rememberMs)
      this.#known = { at: now, sessions: readInThread(this.#dataDirectory) };
    return this.#known.sessions;
  }
}

function readInThread(dataDirectory: string): Promise<readonly SessionOfPerson[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./recorded-sessions-worker.ts', import.meta.url), { workerData: dataDirectory });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread that reads the journal ended with ${code}`)));
  });
}
