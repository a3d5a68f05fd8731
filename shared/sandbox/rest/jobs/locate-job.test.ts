import { expect, test } from 'vitest';
import type { JobConfiguration } from '../../../bigquery/job.ts';
import type { Engine } from '../../engine/engine.ts';
import { checkLocation, locateJob } from './locate-job.ts';

const locations: Readonly<Record<string, string>> = { here: 'US', tokyo: 'asia-northeast1' };
const engine = {
  location: 'US',
  catalog: {
    findDataset: ({ projectId, datasetId }: { projectId: string; datasetId: string }) =>
      datasetId in locations ? { id: `${projectId}:${datasetId}`, location: locations[datasetId] } : undefined,
  },
} as unknown as Engine;

const table = (datasetId: string) => ({ projectId: 'p', datasetId, tableId: 't' });
const check = (configuration: JobConfiguration, location: string) => () =>
  checkLocation(engine, { reference: { projectId: 'p', jobId: 'j', location }, configuration });

test.each<[JobConfiguration, string]>([
  [{ query: { query: 'SELECT 1' } }, 'US'],
  [{ query: { query: 'SELECT 1', defaultDataset: { datasetId: 'tokyo' } } }, 'asia-northeast1'],
  [{ load: { destinationTable: table('tokyo') } }, 'asia-northeast1'],
  [{ extract: { sourceTable: table('absent') } }, 'US'],
])('%j runs in %s', (configuration, location) => {
  expect(locateJob(engine, configuration, 'p')).toBe(location);
  expect(check(configuration, location.toUpperCase())).not.toThrow();
});

test.each<JobConfiguration>([
  { query: { query: 'SELECT 1', defaultDataset: { datasetId: 'tokyo' } } },
  { copy: { sourceTable: table('tokyo'), destinationTable: table('here') } },
  { copy: { sourceTables: [table('here'), table('tokyo')], destinationTable: table('here') } },
  { extract: { sourceTable: table('tokyo') } },
])('%j finds nothing in the US', (configuration) => {
  expect(check(configuration, 'US')).toThrow('Not found: Dataset p:tokyo was not found in location US');
});
