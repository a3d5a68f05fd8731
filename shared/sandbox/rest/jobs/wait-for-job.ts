import type { JobRecord } from './job-record.ts';

/** BigQuery holds a request for 10 s by default and for about 200 s at most. */
const defaultTimeoutMs = 10_000;
const maxTimeoutMs = 200_000;

/** Holds until the job is DONE, the time is up or the client is gone, whichever comes first. */
export async function waitForJob(record: JobRecord, timeoutMs: number | undefined, signal: AbortSignal): Promise<void> {
  if (record.state === 'DONE' || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(timeoutMs ?? defaultTimeoutMs, maxTimeoutMs));
  const leave = (): void => resolve();
  signal.addEventListener('abort', leave, { once: true });
  await Promise.race([record.settled, promise]);
  clearTimeout(timer);
  signal.removeEventListener('abort', leave);
}
