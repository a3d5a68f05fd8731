// How long answers about a job that is not done are held. Clients ask again as fast as they are answered, so what cannot wait long is spaced out.
import type { JobRecord } from './job-record.ts';

/** BigQuery holds a request for results for 10 s by default and for about 200 s at most. */
const defaultTimeoutMs = 10_000;
const maxTimeoutMs = 200_000;

/** Between two answers that a job is not done, whatever `timeoutMs` says. */
const minPauseMs = 1_000;

/** The first look at a job that runs is answered at once, as every one is by BigQuery; from the second on it is held this long at most. */
const lookMs = 5_000;

type Asked = { looks: number; incompleteAt: number };
const askedOf = new WeakMap<JobRecord, Asked>();

function askAbout(record: JobRecord): Asked {
  const asked = askedOf.get(record) ?? { looks: 0, incompleteAt: 0 };
  askedOf.set(record, asked);
  return asked;
}

/** Holds a request for results until the job is DONE, the time is up or the client is gone, whichever comes first. */
export async function waitForResults(record: JobRecord, timeoutMs: number | undefined, signal: AbortSignal): Promise<void> {
  const asked = askAbout(record);
  const pauseMs = asked.incompleteAt + minPauseMs - Date.now();
  await waitForJob(record, Math.max(pauseMs, Math.min(timeoutMs ?? defaultTimeoutMs, maxTimeoutMs)), signal);
  if (record.state !== 'DONE') asked.incompleteAt = Date.now();
}

/** Holds jobs.get. */
export async function waitForLook(record: JobRecord, signal: AbortSignal): Promise<void> {
  if (record.state !== 'DONE' && askAbout(record).looks++ > 0) await waitForJob(record, lookMs, signal);
}

export async function waitForJob(record: JobRecord, timeoutMs: number, signal: AbortSignal): Promise<void> {
  if (record.state === 'DONE' || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  const leave = (): void => resolve();
  signal.addEventListener('abort', leave, { once: true });
  await Promise.race([record.settled, promise]);
  clearTimeout(timer);
  signal.removeEventListener('abort', leave);
}
