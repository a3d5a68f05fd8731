// Errors in Google's words. A query says where it looked ("was not found in location US"); a REST read does not.
import { BigQueryError } from '../../bigquery/error-envelope.ts';
import type { DatasetReference, ModelReference, RoutineReference, TableReference } from './resource.ts';

export const tableText = ({ projectId, datasetId, tableId }: TableReference): string => `${projectId}:${datasetId}.${tableId}`;
export const datasetText = ({ projectId, datasetId }: DatasetReference): string => `${projectId}:${datasetId}`;
export const routineText = ({ projectId, datasetId, routineId }: RoutineReference): string => `${projectId}:${datasetId}.${routineId}`;
export const modelText = ({ projectId, datasetId, modelId }: ModelReference): string => `${projectId}:${datasetId}.${modelId}`;

type Thing = 'Table' | 'Dataset' | 'Routine' | 'Model';

export const createNotFound = (thing: Thing, text: string, location?: string): BigQueryError =>
  new BigQueryError({
    reason: 'notFound',
    message: `Not found: ${thing} ${text}${location === undefined ? '' : ` was not found in location ${location}`}`,
  });

export const createDuplicate = (thing: Thing, text: string): BigQueryError =>
  new BigQueryError({ reason: 'duplicate', message: `Already Exists: ${thing} ${text}` });

export const createInvalid = (message: string, location?: string): BigQueryError =>
  new BigQueryError({ reason: 'invalid', message, ...(location === undefined ? {} : { location }) });

export const createInvalidQuery = (message: string): BigQueryError =>
  new BigQueryError({ reason: 'invalidQuery', message, location: 'query' });

export const createNotImplemented = (message: string): BigQueryError => new BigQueryError({ reason: 'notImplemented', message });

export const createStopped = (): BigQueryError =>
  new BigQueryError({ reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation' });
