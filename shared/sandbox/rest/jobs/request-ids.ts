import type { JobRecord } from './job-record.ts';

/** BigQuery keeps request ids for 15 minutes. */
const lifetimeMs = 15 * 60_000;

/** A repeated `requestId` of jobs.query means the job that the first one began. */
export type RequestIds = { once(projectId: string, requestId: unknown, begin: () => JobRecord): JobRecord };

export function createRequestIds(now = Date.now): RequestIds {
  const begun = new Map<string, { readonly record: JobRecord; readonly at: number }>();
  return {
    once(projectId, requestId, begin) {
      if (typeof requestId !== 'string' || requestId === '') return begin();
      const key = `${projectId} ${requestId}`;
      forgetBefore(begun, now() - lifetimeMs);
      const earlier = begun.get(key);
      if (earlier !== undefined) return earlier.record;
      const record = begin();
      begun.set(key, { record, at: now() });
      return record;
    },
  };
}

function forgetBefore(begun: Map<string, { readonly at: number }>, limit: number): void {
  for (const [key, { at }] of begun) {
    if (at >= limit) return;
    begun.delete(key);
  }
}
