import type { JsonObject } from '../rest-call.ts';
import { toWireSchema } from './wire-schema.ts';

/** What a client may write of a resource; what it sends beside (Node sends whole resources back) is dropped, as BigQuery does. */
const writable = {
  dataset: [
    'access',
    'datasetReference',
    'defaultCollation',
    'defaultPartitionExpirationMs',
    'defaultTableExpirationMs',
    'description',
    'friendlyName',
    'isCaseInsensitive',
    'labels',
    'location',
    'maxTimeTravelHours',
    'storageBillingModel',
  ],
  table: [
    'clustering',
    'defaultCollation',
    'description',
    'expirationTime',
    'externalDataConfiguration',
    'friendlyName',
    'labels',
    'materializedView',
    'rangePartitioning',
    'requirePartitionFilter',
    'schema',
    'tableConstraints',
    'tableReference',
    'timePartitioning',
    'view',
  ],
  model: ['description', 'expirationTime', 'friendlyName', 'labels'],
  routine: [
    'arguments',
    'definitionBody',
    'description',
    'determinismLevel',
    'importedLibraries',
    'language',
    'returnTableType',
    'returnType',
    'routineReference',
    'routineType',
    'strictMode',
  ],
} as const;

export type WritableResource = keyof typeof writable;

export function pickWritable(resource: WritableResource, body: JsonObject): JsonObject {
  const names: readonly string[] = writable[resource];
  const members = Object.entries(body).filter(([name]) => names.includes(name));
  return Object.fromEntries(members.map(([name, value]) => [name, name === 'schema' ? toWireSchema(value) : value]));
}

/** Without the members that are null: in a whole resource null says no more than absence. */
export const dropNulls = (body: JsonObject): JsonObject => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
