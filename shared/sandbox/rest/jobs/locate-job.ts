import type { DatasetReference, JobConfiguration } from '../../../bigquery/job.ts';
import type { Engine } from '../../engine/engine.ts';

/** The location of the first dataset the configuration names and the catalogue knows; the engine's own without one. */
export function locateJob({ catalog, location }: Engine, configuration: JobConfiguration, projectId: string): string {
  for (const dataset of namedDatasets(configuration)) {
    const found = catalog.findDataset({ projectId: dataset.projectId ?? projectId, datasetId: dataset.datasetId });
    if (found !== undefined) return found.location;
  }
  return location;
}

function namedDatasets({
  query,
  load,
  copy,
  extract,
}: JobConfiguration): readonly (Partial<DatasetReference> & { readonly datasetId: string })[] {
  const named = [query?.defaultDataset, query?.destinationTable, load?.destinationTable, copy?.destinationTable, extract?.sourceTable];
  return named.filter((each) => each !== undefined);
}
