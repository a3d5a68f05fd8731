/** Ways through the REST surface to `acme.hr`, or to rights, for who may read `acme.sales` alone. */
export type HostileRequest = { readonly name: string; readonly method: string; readonly path: string; readonly body?: unknown };

const project = '/bigquery/v2/projects/acme';
const closed = { projectId: 'acme', datasetId: 'hr', tableId: 'salaries' };
const open = { projectId: 'acme', datasetId: 'sales', tableId: 'orders' };
const select = 'SELECT * FROM `acme.hr.salaries`';
const job = (name: string, configuration: unknown): HostileRequest => ({
  name,
  method: 'POST',
  path: `${project}/jobs`,
  body: { configuration },
});
const query = (name: string, more: Readonly<Record<string, unknown>>): HostileRequest =>
  job(name, { query: { query: 'SELECT x FROM `acme.sales.orders`', useLegacySql: false, ...more } });
const post = (name: string, path: string, body: unknown): HostileRequest => ({ name, method: 'POST', path: project + path, body });
const get = (name: string, path: string): HostileRequest => ({ name, method: 'GET', path: project + path });

export const hostileRequests: readonly HostileRequest[] = [
  job('a copy job out of it', { copy: { sourceTable: closed, destinationTable: open } }),
  job('a copy job of several', { copy: { sourceTables: [open, closed], destinationTable: { ...open, tableId: 'c' } } }),
  job('a copy job into it', { copy: { sourceTable: open, destinationTable: closed } }),
  job('a snapshot job', { copy: { sourceTable: closed, destinationTable: open, operationType: 'SNAPSHOT' } }),
  job('an extract job', { extract: { sourceTable: closed, destinationUris: ['gs://b/x'] } }),
  job('an extract job of the open table', { extract: { sourceTable: open, destinationUris: ['gs://b/x'] } }),
  job('an extract job of a model', {
    extract: { sourceModel: { projectId: 'acme', datasetId: 'hr', modelId: 'm' }, destinationUris: ['gs://b/x'] },
  }),
  job('a load job into it', { load: { destinationTable: closed, sourceUris: ['gs://b/x.csv'] } }),
  job('a load job into the open table', { load: { destinationTable: open, sourceUris: ['gs://b/x.csv'] } }),
  job('two kinds of job at once', {
    query: { query: 'SELECT 1', useLegacySql: false },
    copy: { sourceTable: closed, destinationTable: open },
  }),
  job('no kind of job', {}),
  query('a destination table', { destinationTable: { ...open, tableId: 'new' } }),
  query('a destination in the closed dataset', { destinationTable: closed, writeDisposition: 'WRITE_TRUNCATE' }),
  query('a destination in another project', { destinationTable: { ...open, projectId: 'other' } }),
  query('table definitions of its own', {
    tableDefinitions: { orders: { sourceUris: ['gs://b/x.csv'], sourceFormat: 'CSV' } },
  }),
  query('functions of its own', { userDefinedFunctionResources: [{ inlineCode: 'x' }] }),
  query('another project in the body', { defaultDataset: { projectId: 'other', datasetId: 'hr' }, query: 'SELECT * FROM salaries' }),
  post('a job for another project', '/jobs', {
    jobReference: { projectId: 'other', jobId: 'j' },
    configuration: { query: { query: 'SELECT 1', useLegacySql: false } },
  }),
  get('its rows', '/datasets/hr/tables/salaries/data'),
  get('its schema', '/datasets/hr/tables/salaries'),
  get('its dataset', '/datasets/hr'),
  get('its tables', '/datasets/hr/tables'),
  get('its routines', '/datasets/hr/routines'),
  get('its models', '/datasets/hr/models'),
  get('a routine', '/datasets/hr/routines/f'),
  get('its row access policies', '/datasets/hr/tables/salaries/rowAccessPolicies'),
  get('its rows with a decorator', '/datasets/hr/tables/salaries$20260101/data'),
  get('rows of an anonymous table of another', '/datasets/_0123456789abcdef/tables/anon0123/data'),
  get('a job of another', '/jobs/of-somebody-else'),
  get('results of another', '/queries/of-somebody-else'),
  get('results of another, next page', '/queries/of-somebody-else?pageToken=BAAAAA'),
  post('a cancellation of another', '/jobs/of-somebody-else/cancel', undefined),
  { name: 'a deleted job of another', method: 'DELETE', path: `${project}/jobs/of-somebody-else/delete` },
  post('rows into it', '/datasets/hr/tables/salaries/insertAll', { rows: [{ json: { x: 1 } }] }),
  post('rows into the open table', '/datasets/sales/tables/orders/insertAll', { rows: [{ json: { x: 1 } }] }),
  post('rows by a template suffix', '/datasets/sales/tables/orders/insertAll', { rows: [], templateSuffix: '_x' }),
  post('a view in the open dataset', '/datasets/sales/tables', { tableReference: { ...open, tableId: 'v' }, view: { query: select } }),
  post('a materialised view', '/datasets/sales/tables', { tableReference: { ...open, tableId: 'v' }, materializedView: { query: select } }),
  post('an external table', '/datasets/sales/tables', {
    tableReference: { ...open, tableId: 'e' },
    externalDataConfiguration: { sourceUris: ['gs://b/x'] },
  }),
  post('a table of another dataset than the path', '/datasets/sales/tables', { tableReference: { ...closed, tableId: 'new' } }),
  post('a clone', '/datasets/sales/tables', { tableReference: { ...open, tableId: 'c' }, cloneDefinition: { baseTableReference: closed } }),
  { name: 'a view changed', method: 'PATCH', path: `${project}/datasets/sales/tables/orders`, body: { view: { query: select } } },
  {
    name: 'a view replaced',
    method: 'PUT',
    path: `${project}/datasets/sales/tables/orders`,
    body: { tableReference: open, view: { query: select } },
  },
  { name: 'the open table deleted', method: 'DELETE', path: `${project}/datasets/sales/tables/orders` },
  { name: 'the closed table deleted', method: 'DELETE', path: `${project}/datasets/hr/tables/salaries` },
  { name: 'the dataset deleted', method: 'DELETE', path: `${project}/datasets/sales?deleteContents=true` },
  {
    name: 'rights of the dataset',
    method: 'PATCH',
    path: `${project}/datasets/sales`,
    body: { access: [{ role: 'READER', specialGroup: 'allAuthenticatedUsers' }] },
  },
  { name: 'an authorised view', method: 'PATCH', path: `${project}/datasets/hr`, body: { access: [{ view: open }] } },
  post('a new dataset', '/datasets', { datasetReference: { projectId: 'acme', datasetId: 'mine' } }),
  post('rights of the table', '/datasets/sales/tables/orders:setIamPolicy', {
    policy: { bindings: [{ role: 'roles/owner', members: ['allUsers'] }] },
  }),
  post('rights of the closed table', '/datasets/hr/tables/salaries:getIamPolicy', {}),
  post('a routine over it', '/datasets/sales/routines', {
    routineReference: { projectId: 'acme', datasetId: 'sales', routineId: 'f' },
    routineType: 'TABLE_VALUED_FUNCTION',
    definitionBody: select,
  }),
  post('a remote routine', '/datasets/sales/routines', {
    routineReference: { projectId: 'acme', datasetId: 'sales', routineId: 'f' },
    routineType: 'SCALAR_FUNCTION',
    remoteFunctionOptions: { endpoint: 'https://e.test' },
  }),
  post('a row access policy', '/datasets/sales/tables/orders/rowAccessPolicies', { filterPredicate: 'TRUE', grantees: ['allUsers'] }),
  { name: 'a model changed', method: 'PATCH', path: `${project}/datasets/hr/models/m`, body: { friendlyName: 'x' } },
  { name: 'another project', method: 'GET', path: '/bigquery/v2/projects/other/datasets/sales/tables/orders/data' },
  { name: 'the service account', method: 'GET', path: '/bigquery/v2/projects/other/serviceAccount' },
  {
    name: 'an upload into it',
    method: 'POST',
    path: '/upload/bigquery/v2/projects/acme/jobs?uploadType=resumable',
    body: { configuration: { load: { destinationTable: closed } } },
  },
  {
    name: 'a chunk of an upload of another',
    method: 'PUT',
    path: '/upload/bigquery/v2/projects/acme/jobs?uploadType=resumable&upload_id=of-somebody-else',
  },
];
