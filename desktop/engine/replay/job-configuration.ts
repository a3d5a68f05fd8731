type JsonObject = Readonly<Record<string, unknown>>;

/** What jobs.query carries at its top and jobs.insert in `configuration.query`. */
const queryKeys = [
  'query',
  'useLegacySql',
  'defaultDataset',
  'parameterMode',
  'queryParameters',
  'destinationTable',
  'writeDisposition',
  'createDisposition',
  'maximumBytesBilled',
  'createSession',
  'connectionProperties',
];

/** The job that a recorded jobs.query or jobs.insert asked for, as jobs.insert takes it; job ids and request ids stay behind. */
export function toJobConfiguration(methodId: string, body: JsonObject): JsonObject {
  if (methodId === 'bigquery.jobs.insert') return (body['configuration'] ?? {}) as JsonObject;
  const query = Object.fromEntries(queryKeys.filter((key) => body[key] !== undefined).map((key) => [key, body[key]]));
  return { query, ...(body['dryRun'] === true ? { dryRun: true } : {}) };
}
