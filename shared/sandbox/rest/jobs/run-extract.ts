import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { Engine, ExtractRequest } from '../../engine/engine.ts';
import { toShardUri } from '../../engine/load/shard-uri.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { JobEnding } from './job-record.ts';
import type { JobRun } from './job-runner.ts';
import { dropUndefined } from './run-query.ts';

/** Writes one file per job: a `*` in the URI becomes BigQuery's first shard number. */
export async function runExtract(engine: Engine, objects: ObjectStore, { configuration }: JobRun, signal: AbortSignal): Promise<JobEnding> {
  const extract = configuration.extract!;
  const uri = extract.destinationUris?.[0] ?? extract.destinationUri;
  if (uri === undefined) throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: destinationUris' });
  if (extract.sourceTable === undefined)
    throw new BigQueryError({ reason: 'notImplemented', message: 'Only tables can be extracted here' });
  const { compression, fieldDelimiter, printHeader, sourceTable: source, destinationFormat: format } = extract;
  const { useAvroLogicalTypes } = extract as { readonly useAvroLogicalTypes?: boolean };
  const outputPath = objects.createPath();
  const request = dropUndefined({ source, outputPath, format, compression, fieldDelimiter, printHeader, useAvroLogicalTypes, signal });
  const { inputBytes } = await engine.extract(request as unknown as ExtractRequest);
  await objects.put(toShardUri(uri, 0), outputPath);
  const destinationUriFileCounts = (extract.destinationUris ?? [uri]).map((_, index) => (index === 0 ? '1' : '0'));
  return { statistics: { extract: { destinationUriFileCounts, inputBytes } } };
}
