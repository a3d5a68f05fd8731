import type { JobFacts } from '../../engine/engine.ts';
import type { JobRecord } from './job-record.ts';
import { toJobType, toStatus } from './job-resource.ts';
import { dropUndefined } from './run-query.ts';

/** What INFORMATION_SCHEMA.JOBS shows of a job. */
export function toJobFacts(record: JobRecord): JobFacts {
  const { reference, configuration, ending } = record;
  const query = ending?.statistics.query;
  return dropUndefined({
    jobId: reference.jobId,
    projectId: reference.projectId,
    userEmail: record.userEmail,
    jobType: toJobType(record),
    statementType: query?.statementType,
    state: record.state,
    creationTime: record.creationTime,
    startTime: record.startTime,
    endTime: record.endTime,
    query: configuration.query?.query,
    totalBytesProcessed: query?.totalBytesProcessed,
    totalBytesBilled: query?.totalBytesBilled,
    cacheHit: query?.cacheHit,
    destinationTable: configuration.query?.destinationTable,
    referencedTables: query?.referencedTables,
    labels: configuration.labels,
    errorResult: toStatus(record).errorResult,
    parentJobId: record.parentJobId,
    sessionId: ending?.sessionId,
  }) as unknown as JobFacts;
}
