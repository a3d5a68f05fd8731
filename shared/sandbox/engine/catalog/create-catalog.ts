import type { EngineCatalog } from '../engine-catalog.ts';
import { whenReady } from '../query/not-ready.ts';
import type { CatalogCore } from './catalog-core.ts';
import {
  createDataset,
  deleteDataset,
  getDataset,
  listDatasets,
  patchDataset,
  restoreDataset,
  updateDataset,
} from './dataset-operations.ts';
import { deleteModel, getModel, listModels, patchModel } from './model-operations.ts';
import { createRoutine, deleteRoutine, getRoutine, listRoutines, updateRoutine } from './routine-operations.ts';
import { createTable, deleteTable, describeTable, getDecorated, listTables, patchTable, updateTable } from './table-operations.ts';

export function createCatalog(core: CatalogCore): EngineCatalog {
  const { state } = core;
  return {
    listProjects: () => [...state.projects()],

    listDatasets: (projectId) => listDatasets(core, projectId),
    findDataset: (reference) => state.dataset(reference),
    getDataset: (reference) => getDataset(core, reference),
    createDataset: (input) => createDataset(core, input),
    patchDataset: (reference, patch) => patchDataset(core, reference, patch),
    updateDataset: (reference, input) => updateDataset(core, reference, input),
    deleteDataset: (reference, options) => deleteDataset(core, reference, options?.deleteContents ?? false),
    undeleteDataset: (reference) => restoreDataset(core, reference),

    listTables: (reference) => listTables(core, reference),
    findTable: (reference) => state.table(reference)?.resource,
    getTable: (reference) => getDecorated(core, reference).resource,
    describeTable: (reference) => describeTable(core, reference),
    createTable: (input) => whenReady(() => createTable(core, input)),
    patchTable: (reference, patch) => whenReady(() => patchTable(core, reference, patch)),
    updateTable: (reference, input) => whenReady(() => updateTable(core, reference, input)),
    deleteTable: (reference) => deleteTable(core, reference),

    listRoutines: (reference) => listRoutines(core, reference),
    findRoutine: (reference) => state.routine(reference),
    getRoutine: (reference) => getRoutine(core, reference),
    createRoutine: (input) => createRoutine(core, input),
    updateRoutine: (reference, input) => updateRoutine(core, reference, input),
    deleteRoutine: (reference) => deleteRoutine(core, reference),

    listModels: (reference) => listModels(core, reference),
    getModel: (reference) => getModel(core, reference),
    patchModel: (reference, patch) => patchModel(core, reference, patch),
    deleteModel: (reference) => deleteModel(core, reference),
  };
}
