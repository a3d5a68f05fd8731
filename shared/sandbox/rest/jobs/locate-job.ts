import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { DatasetReference, JobConfiguration } from '../../../bigquery/job.ts';
import type { Engine } from '../../engine/engine.ts';
import type { DatasetResource } from '../../engine/resource.ts';
import type { JobRun } from './job-runner.ts';

/** The location of the first dataset the configuration names and the catalogue knows; the engine's own without one. */
export const locateJob = (engine: Engine, configuration: JobConfiguration, projectId: string): string =>
  findDatasets(engine, configuration, projectId)[0]?.location ?? engine.location;

/** Throws notFound for a dataset that is elsewhere than the job: a location sees only its own. */
export function checkLocation(engine: Engine, { reference, configuration }: Pick<JobRun, 'reference' | 'configuration'>): void {
  const { projectId, location } = reference;
  const elsewhere = findDatasets(engine, configuration, projectId).find((each) => each.location.toLowerCase() !== location.toLowerCase());
  if (elsewhere === undefined) return;
  throw new BigQueryError({ reason: 'notFound', message: `Not found: Dataset ${elsewhere.id} was not found in location ${location}` });
}

type Named = Partial<DatasetReference> & { readonly datasetId: string };

function findDatasets({ catalog }: Engine, configuration: JobConfiguration, projectId: string): readonly DatasetResource[] {
  const found = namedDatasets(configuration).map(({ projectId: own, datasetId }) =>
    catalog.findDataset({ projectId: own ?? projectId, datasetId }),
  );
  return found.filter((each) => each !== undefined);
}

function namedDatasets({ query, load, copy, extract }: JobConfiguration): readonly Named[] {
  const sources = [copy?.sourceTable, ...(copy?.sourceTables ?? []), extract?.sourceTable];
  const named = [query?.defaultDataset, query?.destinationTable, load?.destinationTable, copy?.destinationTable, ...sources];
  return named.filter((each) => each !== undefined);
}
