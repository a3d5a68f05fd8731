// What each method of the surface does. A method that is not here is answered 501 `notImplemented`.
import type { MethodId } from '../../bigquery/api-method.ts';
import type { Engine } from '../engine/engine.ts';
import { cancelJob, deleteJob, getJob, listJobs } from './jobs/jobs-api.ts';
import { query } from './jobs/query-api.ts';
import { getQueryResults } from './jobs/query-results.ts';
import {
  deleteDataset,
  getDataset,
  insertDataset,
  listDatasets,
  patchDataset,
  undeleteDataset,
  updateDataset,
} from './resources/datasets.ts';
import { createIamPolicies } from './resources/iam-policies.ts';
import { deleteModel, getModel, listModels, patchModel } from './resources/models.ts';
import { getServiceAccount, listProjects } from './resources/projects.ts';
import { deleteRoutine, getRoutine, insertRoutine, listRoutines, updateRoutine } from './resources/routines.ts';
import { findRowAccessPolicy, listRowAccessPolicies, refuseRowAccessPolicy } from './resources/row-access-policies.ts';
import { deleteTable, getTable, insertTable, listTables, patchTable, updateTable } from './resources/tables.ts';
import { type Handler, routineOf, tableOf } from './rest-call.ts';
import { insertAll, listTableData } from './rows/tabledata.ts';
import { insertOrUploadJob, type UploadApi } from './upload/upload-job.ts';

type HandlerTable = Partial<Record<MethodId, Handler>>;

export function createHandlers(engine: Engine, api: UploadApi): ReadonlyMap<MethodId, Handler> {
  const table: HandlerTable = {
    'bigquery.projects.list': (call) => listProjects(engine, call),
    'bigquery.projects.getServiceAccount': getServiceAccount,
    ...createDatasetHandlers(engine),
    ...createTableHandlers(engine, api),
    ...createRoutineHandlers(engine),
    ...createModelHandlers(engine),
    ...createJobHandlers(api),
  };
  return new Map(Object.entries(table) as [MethodId, Handler][]);
}

const createDatasetHandlers = (engine: Engine): HandlerTable => ({
  'bigquery.datasets.list': (call) => listDatasets(engine, call),
  'bigquery.datasets.get': (call) => getDataset(engine, call),
  'bigquery.datasets.insert': (call) => insertDataset(engine, call),
  'bigquery.datasets.patch': (call) => patchDataset(engine, call),
  'bigquery.datasets.update': (call) => updateDataset(engine, call),
  'bigquery.datasets.delete': (call) => deleteDataset(engine, call),
  'bigquery.datasets.undelete': (call) => undeleteDataset(engine, call),
});

function createTableHandlers(engine: Engine, { limits }: UploadApi): HandlerTable {
  const policies = createIamPolicies((call) => engine.catalog.getTable(tableOf(call)));
  return {
    'bigquery.tables.list': (call) => listTables(engine, call),
    'bigquery.tables.get': (call) => getTable(engine, call),
    'bigquery.tables.insert': (call) => insertTable(engine, call),
    'bigquery.tables.patch': (call) => patchTable(engine, call),
    'bigquery.tables.update': (call) => updateTable(engine, call),
    'bigquery.tables.delete': (call) => deleteTable(engine, call),
    'bigquery.tables.getIamPolicy': policies.get,
    'bigquery.tables.setIamPolicy': policies.set,
    'bigquery.tables.testIamPermissions': policies.test,
    'bigquery.tabledata.list': (call) => listTableData(engine, limits, call),
    'bigquery.tabledata.insertAll': (call) => insertAll(engine, call),
    ...createRowAccessPolicyHandlers(engine),
  };
}

const createRowAccessPolicyHandlers = (engine: Engine): HandlerTable => ({
  'bigquery.rowAccessPolicies.list': (call) => listRowAccessPolicies(engine, call),
  'bigquery.rowAccessPolicies.get': (call) => findRowAccessPolicy(engine, call),
  'bigquery.rowAccessPolicies.update': (call) => findRowAccessPolicy(engine, call),
  'bigquery.rowAccessPolicies.delete': (call) => findRowAccessPolicy(engine, call),
  'bigquery.rowAccessPolicies.getIamPolicy': (call) => findRowAccessPolicy(engine, call),
  'bigquery.rowAccessPolicies.testIamPermissions': (call) => findRowAccessPolicy(engine, call),
  'bigquery.rowAccessPolicies.insert': refuseRowAccessPolicy,
  'bigquery.rowAccessPolicies.batchDelete': refuseRowAccessPolicy,
});

function createRoutineHandlers(engine: Engine): HandlerTable {
  const policies = createIamPolicies((call) => engine.catalog.getRoutine(routineOf(call)));
  return {
    'bigquery.routines.list': (call) => listRoutines(engine, call),
    'bigquery.routines.get': (call) => getRoutine(engine, call),
    'bigquery.routines.insert': (call) => insertRoutine(engine, call),
    'bigquery.routines.update': (call) => updateRoutine(engine, call),
    'bigquery.routines.delete': (call) => deleteRoutine(engine, call),
    'bigquery.routines.getIamPolicy': policies.get,
    'bigquery.routines.setIamPolicy': policies.set,
    'bigquery.routines.testIamPermissions': policies.test,
  };
}

const createModelHandlers = (engine: Engine): HandlerTable => ({
  'bigquery.models.list': (call) => listModels(engine, call),
  'bigquery.models.get': (call) => getModel(engine, call),
  'bigquery.models.patch': (call) => patchModel(engine, call),
  'bigquery.models.delete': (call) => deleteModel(engine, call),
});

/** Jobs are the same whoever does their work. */
export const createJobHandlers = (api: UploadApi): HandlerTable => ({
  'bigquery.jobs.query': (call) => query(api, call),
  'bigquery.jobs.insert': (call) => insertOrUploadJob(api, call, call.httpMethod),
  'bigquery.jobs.getQueryResults': (call) => getQueryResults(api.jobs, api.limits, call),
  'bigquery.jobs.get': (call) => getJob(api.jobs, call),
  'bigquery.jobs.list': (call) => listJobs(api.jobs, call),
  'bigquery.jobs.cancel': (call) => cancelJob(api.jobs, call),
  'bigquery.jobs.delete': (call) => deleteJob(api.jobs, call),
});
