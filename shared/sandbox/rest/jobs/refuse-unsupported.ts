import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { JobConfiguration } from '../../../bigquery/job.ts';
import type { JsonObject } from '../rest-call.ts';

/** Options that change what a job does and that nobody here heeds. To pass over them would be a silently different answer. */
const unsupported: Readonly<Record<'query' | 'load' | 'copy' | 'extract', readonly string[]>> = {
  query: ['continuous', 'rangePartitioning', 'systemVariables', 'userDefinedFunctionResources'],
  load: [
    'columnNameCharacterMap',
    'dateFormat',
    'datetimeFormat',
    'fileSetSpecType',
    'hivePartitioningOptions',
    'jsonExtension',
    'parquetOptions',
    'projectionFields',
    'schemaInline',
    'sourceColumnMatch',
    'timeFormat',
    'timeZone',
    'timestampFormat',
  ],
  copy: ['destinationExpirationTime'],
  extract: ['sourceModel'],
};

/** `query_label` only names the query. */
const connectionProperties: ReadonlySet<string> = new Set(['session_id', 'query_label']);

const refuse = (what: string): BigQueryError =>
  new BigQueryError({ reason: 'notImplemented', message: `${what} is not supported by the sandbox` });

const isSet = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
};

/** Throws notImplemented, naming the option. */
export function refuseUnsupported(configuration: JobConfiguration): void {
  for (const [kind, names] of Object.entries(unsupported)) {
    const options = (configuration as Readonly<Record<string, JsonObject | undefined>>)[kind] ?? {};
    const name = names.find((each) => isSet(options[each]));
    if (name !== undefined) throw refuse(`The ${kind} option ${name}`);
  }
  const property = configuration.query?.connectionProperties?.find(({ key }) => !connectionProperties.has(key));
  if (property !== undefined) throw refuse(`The connection property ${property.key}`);
}
