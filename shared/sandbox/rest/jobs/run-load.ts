import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { JobConfigurationLoad } from '../../../bigquery/job.ts';
import type { Engine, LoadRequest, LoadSource } from '../../engine/engine.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { parseCount, parseFlag } from '../query-parameters.ts';
import { toWireSchema } from '../resources/wire-schema.ts';
import type { JobEnding } from './job-record.ts';
import type { JobRun } from './job-runner.ts';
import { dropUndefined } from './run-query.ts';

export async function runLoad(engine: Engine, objects: ObjectStore, run: JobRun, signal: AbortSignal): Promise<JobEnding> {
  const load = run.configuration.load!;
  const sources = run.uploadPath === undefined ? openUris(objects, load) : [{ path: run.uploadPath }];
  const { warnings, ...statistics } = await engine.load(toLoadRequest(load, sources, signal));
  return { statistics: { load: { ...statistics, timeline: [] } }, ...(warnings.length > 0 ? { warnings } : {}) };
}

function openUris(objects: ObjectStore, { sourceUris = [] }: JobConfigurationLoad): readonly LoadSource[] {
  const paths = sourceUris.flatMap((uri) => objects.resolve(uri));
  if (paths.length === 0) throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: sourceUris' });
  return paths.map((path) => ({ path }));
}

function toLoadRequest(load: JobConfigurationLoad, sources: readonly LoadSource[], signal: AbortSignal): LoadRequest {
  const flag = (name: string): boolean | undefined => parseFlag(name, load[name]);
  const count = (name: string): number | undefined => parseCount(name, load[name]);
  return dropUndefined({
    destination: load.destinationTable,
    sources,
    signal,
    format: load.sourceFormat,
    schema: toWireSchema(load.schema),
    autodetect: flag('autodetect'),
    writeDisposition: load.writeDisposition,
    createDisposition: load.createDisposition,
    schemaUpdateOptions: load.schemaUpdateOptions,
    maxBadRecords: count('maxBadRecords'),
    ignoreUnknownValues: flag('ignoreUnknownValues'),
    skipLeadingRows: count('skipLeadingRows'),
    fieldDelimiter: load.fieldDelimiter,
    quote: load.quote,
    nullMarker: load.nullMarker,
    allowJaggedRows: flag('allowJaggedRows'),
    allowQuotedNewlines: flag('allowQuotedNewlines'),
    encoding: load.encoding,
    preserveAsciiControlCharacters: flag('preserveAsciiControlCharacters'),
    useAvroLogicalTypes: flag('useAvroLogicalTypes'),
    decimalTargetTypes: load['decimalTargetTypes'],
    nullMarkers: load['nullMarkers'],
    timePartitioning: load['timePartitioning'],
    rangePartitioning: load['rangePartitioning'],
    clustering: load['clustering'],
    ...(load['destinationTableProperties'] as object | undefined),
  }) as unknown as LoadRequest;
}
