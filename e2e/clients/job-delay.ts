import type { JobConfiguration } from '../../shared/bigquery/job.ts';

/** A statement asks for a slow job by a comment: `-- takes 12000 ms`. */
export const jobDelayMs = ({ query }: JobConfiguration): number => Number(/-- takes (\d+) ms/.exec(query?.query ?? '')?.[1] ?? 0);
