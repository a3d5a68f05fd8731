// The whole REST surface of BigQuery v2 as one table (source: Google's discovery document, https://bigquery.googleapis.com/$discovery/rest?version=v2).
// Router, policy, sandbox and discovery document are all made from it.
import type { ApiMethod, MethodId, QueryParameter } from './api-method.ts';

const text = (name: string): QueryParameter => ({ name, type: 'string' });
const flag = (name: string): QueryParameter => ({ name, type: 'boolean' });
const integer = (name: string): QueryParameter => ({ name, type: 'integer' });
const int64 = (name: string): QueryParameter => ({ name, type: 'int64' });

const paging = [integer('maxResults'), text('pageToken')];
const timestampFormat = [flag('formatOptions.useInt64Timestamp'), text('formatOptions.timestampOutputFormat')];
const location = text('location');

const project = 'projects/{projectId}';
const dataset = `${project}/datasets/{datasetId}`;
const table = `${dataset}/tables/{tableId}`;
const routine = `${dataset}/routines/{routineId}`;
const model = `${dataset}/models/{modelId}`;
const rowAccessPolicy = `${table}/rowAccessPolicies/{policyId}`;

const none = { query: [], body: 'none' } as const;
const json = { query: [], body: 'json' } as const;
const reads = { actions: ['read'] } as const;
const toResource = { request: 'nothing', response: 'resource' } as const;
const toList = { request: 'nothing', response: 'list' } as const;
const resourceToResource = { request: 'resource', response: 'resource' } as const;
const toNothing = { request: 'nothing', response: 'nothing' } as const;
const policy = { request: 'policy', response: 'policy' } as const;

const readPolicy = { ...json, actions: ['read'], request: 'GetIamPolicyRequest', response: 'Policy', carries: policy } as const;
const writePolicy = { ...json, actions: ['admin'], request: 'SetIamPolicyRequest', response: 'Policy', carries: policy } as const;
const testPolicy = {
  ...json,
  actions: ['read'],
  request: 'TestIamPermissionsRequest',
  response: 'TestIamPermissionsResponse',
  carries: policy,
} as const;

const ofDataset = { resource: 'dataset', response: 'Dataset', kind: 'bigquery#dataset' } as const;
const ofTable = { resource: 'table', response: 'Table', kind: 'bigquery#table' } as const;
const ofRoutine = { resource: 'routine', response: 'Routine' } as const;
const ofRowAccessPolicy = { resource: 'rowAccessPolicy', response: 'RowAccessPolicy' } as const;

const datasetWrite = { ...json, ...ofDataset, request: 'Dataset', carries: resourceToResource } as const;
const datasetUpdate = { ...datasetWrite, actions: ['admin'], query: [integer('accessPolicyVersion'), text('updateMode')] } as const;
const tableWrite = { ...json, ...ofTable, request: 'Table', actions: ['createOrReplace'], carries: resourceToResource } as const;
const routineWrite = { ...json, ...ofRoutine, request: 'Routine', actions: ['createOrReplace'], carries: resourceToResource } as const;
const rowAccessPolicyWrite = {
  ...json,
  ...ofRowAccessPolicy,
  request: 'RowAccessPolicy',
  actions: ['admin'],
  carries: resourceToResource,
} as const;

const rows: { readonly [Id in MethodId]: Omit<ApiMethod, 'id'> } = {
  'bigquery.projects.list': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: 'projects',
    query: paging,
    resource: 'project',
    response: 'ProjectList',
    kind: 'bigquery#projectList',
    carries: toList,
  },
  'bigquery.projects.getServiceAccount': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: `${project}/serviceAccount`,
    resource: 'project',
    response: 'GetServiceAccountResponse',
    kind: 'bigquery#getServiceAccountResponse',
    carries: toResource,
  },

  'bigquery.datasets.list': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: `${project}/datasets`,
    query: [...paging, flag('all'), text('filter')],
    resource: 'project',
    response: 'DatasetList',
    kind: 'bigquery#datasetList',
    carries: toList,
  },
  'bigquery.datasets.get': {
    ...none,
    ...reads,
    ...ofDataset,
    httpMethod: 'GET',
    path: dataset,
    query: [integer('accessPolicyVersion'), text('datasetView')],
    carries: toResource,
  },
  'bigquery.datasets.insert': {
    ...datasetWrite,
    httpMethod: 'POST',
    path: `${project}/datasets`,
    query: [integer('accessPolicyVersion')],
    actions: ['createOrReplace'],
  },
  'bigquery.datasets.patch': { ...datasetUpdate, httpMethod: 'PATCH', path: dataset },
  'bigquery.datasets.update': { ...datasetUpdate, httpMethod: 'PUT', path: dataset },
  'bigquery.datasets.delete': {
    ...none,
    httpMethod: 'DELETE',
    path: dataset,
    query: [flag('deleteContents')],
    resource: 'dataset',
    actions: ['drop'],
    carries: toNothing,
  },
  'bigquery.datasets.undelete': {
    ...datasetWrite,
    httpMethod: 'POST',
    path: `${dataset}:undelete`,
    request: 'UndeleteDatasetRequest',
    // Whom it was shared with comes back with it.
    actions: ['createOrReplace', 'admin'],
  },

  'bigquery.tables.list': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: `${dataset}/tables`,
    query: paging,
    resource: 'dataset',
    response: 'TableList',
    kind: 'bigquery#tableList',
    carries: toList,
  },
  'bigquery.tables.get': {
    ...none,
    ...reads,
    ...ofTable,
    httpMethod: 'GET',
    path: table,
    query: [text('selectedFields'), text('view')],
    carries: toResource,
  },
  'bigquery.tables.insert': { ...tableWrite, httpMethod: 'POST', path: `${dataset}/tables` },
  'bigquery.tables.patch': { ...tableWrite, httpMethod: 'PATCH', path: table, query: [flag('autodetect_schema')] },
  'bigquery.tables.update': { ...tableWrite, httpMethod: 'PUT', path: table, query: [flag('autodetect_schema')] },
  'bigquery.tables.delete': { ...none, httpMethod: 'DELETE', path: table, resource: 'table', actions: ['drop'], carries: toNothing },
  'bigquery.tables.getIamPolicy': { ...readPolicy, httpMethod: 'POST', path: `${table}:getIamPolicy`, resource: 'table' },
  'bigquery.tables.setIamPolicy': { ...writePolicy, httpMethod: 'POST', path: `${table}:setIamPolicy`, resource: 'table' },
  'bigquery.tables.testIamPermissions': { ...testPolicy, httpMethod: 'POST', path: `${table}:testIamPermissions`, resource: 'table' },

  'bigquery.tabledata.list': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: `${table}/data`,
    query: [...paging, int64('startIndex'), text('selectedFields'), ...timestampFormat],
    resource: 'table',
    response: 'TableDataList',
    kind: 'bigquery#tableDataList',
    carries: { request: 'nothing', response: 'rows' },
  },
  'bigquery.tabledata.insertAll': {
    ...json,
    httpMethod: 'POST',
    path: `${table}/insertAll`,
    resource: 'table',
    request: 'TableDataInsertAllRequest',
    response: 'TableDataInsertAllResponse',
    kind: 'bigquery#tableDataInsertAllResponse',
    actions: ['write'],
    carries: { request: 'rows', response: 'resource' },
  },

  'bigquery.jobs.query': {
    ...json,
    httpMethod: 'POST',
    path: `${project}/queries`,
    resource: 'project',
    request: 'QueryRequest',
    response: 'QueryResponse',
    kind: 'bigquery#queryResponse',
    actions: ['byBody'],
    carries: { request: 'statement', response: 'rows' },
  },
  'bigquery.jobs.insert': {
    httpMethod: 'POST',
    path: `${project}/jobs`,
    query: [],
    body: 'upload',
    resource: 'project',
    request: 'Job',
    response: 'Job',
    kind: 'bigquery#job',
    actions: ['byBody'],
    carries: { request: 'statement', response: 'job' },
  },
  'bigquery.jobs.getQueryResults': {
    ...none,
    httpMethod: 'GET',
    path: `${project}/queries/{jobId}`,
    query: [...paging, int64('startIndex'), integer('timeoutMs'), location, ...timestampFormat],
    resource: 'job',
    response: 'GetQueryResultsResponse',
    kind: 'bigquery#getQueryResultsResponse',
    actions: [],
    carries: { request: 'nothing', response: 'rows' },
  },
  'bigquery.jobs.get': {
    ...none,
    httpMethod: 'GET',
    path: `${project}/jobs/{jobId}`,
    query: [location],
    resource: 'job',
    response: 'Job',
    kind: 'bigquery#job',
    actions: [],
    carries: { request: 'nothing', response: 'job' },
  },
  'bigquery.jobs.list': {
    ...none,
    httpMethod: 'GET',
    path: `${project}/jobs`,
    query: [
      ...paging,
      flag('allUsers'),
      int64('maxCreationTime'),
      int64('minCreationTime'),
      text('parentJobId'),
      text('projection'),
      { name: 'stateFilter', type: 'string', repeated: true },
    ],
    resource: 'project',
    response: 'JobList',
    kind: 'bigquery#jobList',
    actions: [],
    carries: toList,
  },
  'bigquery.jobs.cancel': {
    ...none,
    httpMethod: 'POST',
    path: `${project}/jobs/{jobId}/cancel`,
    query: [location],
    resource: 'job',
    response: 'JobCancelResponse',
    kind: 'bigquery#jobCancelResponse',
    actions: [],
    carries: { request: 'nothing', response: 'job' },
  },
  'bigquery.jobs.delete': {
    ...none,
    httpMethod: 'DELETE',
    path: `${project}/jobs/{jobId}/delete`,
    query: [location],
    resource: 'job',
    actions: ['admin'],
    carries: toNothing,
    notOffered: 'the metadata of a job is evidence, and nobody deletes it through this gateway',
  },

  'bigquery.routines.list': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: `${dataset}/routines`,
    query: [...paging, text('filter'), text('readMask')],
    resource: 'dataset',
    response: 'ListRoutinesResponse',
    carries: toList,
  },
  'bigquery.routines.get': {
    ...none,
    ...reads,
    ...ofRoutine,
    httpMethod: 'GET',
    path: routine,
    query: [text('readMask')],
    carries: toResource,
  },
  'bigquery.routines.insert': { ...routineWrite, httpMethod: 'POST', path: `${dataset}/routines` },
  'bigquery.routines.update': { ...routineWrite, httpMethod: 'PUT', path: routine },
  'bigquery.routines.delete': {
    ...none,
    httpMethod: 'DELETE',
    path: routine,
    resource: 'routine',
    actions: ['drop'],
    carries: toNothing,
  },
  'bigquery.routines.getIamPolicy': { ...readPolicy, httpMethod: 'POST', path: `${routine}:getIamPolicy`, resource: 'routine' },
  'bigquery.routines.setIamPolicy': { ...writePolicy, httpMethod: 'POST', path: `${routine}:setIamPolicy`, resource: 'routine' },
  'bigquery.routines.testIamPermissions': { ...testPolicy, httpMethod: 'POST', path: `${routine}:testIamPermissions`, resource: 'routine' },

  'bigquery.models.list': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: `${dataset}/models`,
    query: paging,
    resource: 'dataset',
    response: 'ListModelsResponse',
    carries: toList,
  },
  'bigquery.models.get': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: model,
    resource: 'model',
    response: 'Model',
    carries: toResource,
  },
  'bigquery.models.patch': {
    ...json,
    httpMethod: 'PATCH',
    path: model,
    resource: 'model',
    request: 'Model',
    response: 'Model',
    actions: ['createOrReplace'],
    carries: resourceToResource,
  },
  'bigquery.models.delete': { ...none, httpMethod: 'DELETE', path: model, resource: 'model', actions: ['drop'], carries: toNothing },

  'bigquery.rowAccessPolicies.list': {
    ...none,
    ...reads,
    httpMethod: 'GET',
    path: `${table}/rowAccessPolicies`,
    query: [integer('pageSize'), text('pageToken')],
    resource: 'table',
    response: 'ListRowAccessPoliciesResponse',
    carries: toList,
  },
  'bigquery.rowAccessPolicies.get': {
    ...none,
    ...reads,
    ...ofRowAccessPolicy,
    httpMethod: 'GET',
    path: rowAccessPolicy,
    carries: toResource,
  },
  'bigquery.rowAccessPolicies.insert': { ...rowAccessPolicyWrite, httpMethod: 'POST', path: `${table}/rowAccessPolicies` },
  'bigquery.rowAccessPolicies.update': { ...rowAccessPolicyWrite, httpMethod: 'PUT', path: rowAccessPolicy },
  'bigquery.rowAccessPolicies.delete': {
    ...none,
    httpMethod: 'DELETE',
    path: rowAccessPolicy,
    query: [flag('force')],
    resource: 'rowAccessPolicy',
    actions: ['admin'],
    carries: toNothing,
  },
  'bigquery.rowAccessPolicies.batchDelete': {
    ...json,
    httpMethod: 'POST',
    path: `${table}/rowAccessPolicies:batchDelete`,
    resource: 'table',
    request: 'BatchDeleteRowAccessPoliciesRequest',
    actions: ['admin'],
    carries: { request: 'resource', response: 'nothing' },
  },
  'bigquery.rowAccessPolicies.getIamPolicy': {
    ...readPolicy,
    httpMethod: 'POST',
    path: `${rowAccessPolicy}:getIamPolicy`,
    resource: 'rowAccessPolicy',
  },
  'bigquery.rowAccessPolicies.testIamPermissions': {
    ...testPolicy,
    httpMethod: 'POST',
    path: `${rowAccessPolicy}:testIamPermissions`,
    resource: 'rowAccessPolicy',
  },
};

export const surface: readonly ApiMethod[] = Object.entries(rows).map(([id, method]) => ({ id: id as MethodId, ...method }));

export const apiMethod = (id: MethodId): ApiMethod => ({ id, ...rows[id] });

/** Parameters that every method takes (Google's system parameters, as far as JSON over HTTP needs them). */
export const commonParameters: readonly QueryParameter[] = [
  text('alt'),
  text('fields'),
  flag('prettyPrint'),
  text('quotaUser'),
  text('userIp'),
  text('uploadType'),
  text('upload_protocol'),
  text('upload_id'),
  text('$.xgafv'),
  text('$alt'),
  text('$fields'),
  flag('$prettyPrint'),
];
