import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { CopyRequest, Engine } from '../../engine/engine.ts';
import type { JobEnding } from './job-record.ts';
import type { JobRun } from './job-runner.ts';
import { dropUndefined } from './run-query.ts';

export async function runCopy(engine: Engine, { configuration }: JobRun, signal: AbortSignal): Promise<JobEnding> {
  const copy = configuration.copy!;
  const sources = copy.sourceTables ?? (copy.sourceTable === undefined ? [] : [copy.sourceTable]);
  if (sources.length === 0) throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: sourceTables' });
  const { destinationTable: destination, operationType, writeDisposition, createDisposition } = copy;
  const request = dropUndefined({ sources, destination, operationType, writeDisposition, createDisposition, signal });
  return { statistics: { copy: await engine.copy(request as unknown as CopyRequest) } };
}
