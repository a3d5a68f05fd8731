import { expect, test } from 'vitest';
import type { JobConfiguration } from '../../../bigquery/job.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';

const destinationTable = { projectId: 'p', datasetId: 'd', tableId: 't' };

test.each<[JobConfiguration, RegExp]>([
  [{ query: { query: 'SELECT 1', rangePartitioning: { field: 'n' } } }, /The query option rangePartitioning/],
  [
    { query: { query: 'SELECT 1', connectionProperties: [{ key: 'time_zone', value: 'Asia/Tokyo' }] } },
    /The connection property time_zone/,
  ],
  [{ load: { destinationTable, timeZone: 'Asia/Tokyo' } }, /The load option timeZone/],
  [{ extract: { sourceModel: { modelId: 'm' } } }, /The extract option sourceModel/],
])('%j is refused by name', (configuration, message) => {
  expect(() => refuseUnsupported(configuration)).toThrow(message);
});

test.each<JobConfiguration>([
  { query: { query: 'SELECT 1', tableDefinitions: {}, connectionProperties: [{ key: 'session_id', value: 's' }] } },
  { load: { destinationTable, projectionFields: [], schemaInline: '' } },
])('%j passes', (configuration) => {
  expect(() => refuseUnsupported(configuration)).not.toThrow();
});
