import type {
  DatasetInput,
  DatasetReference,
  DatasetResource,
  ModelReference,
  ModelResource,
  RoutineInput,
  RoutineReference,
  RoutineResource,
  TableInput,
  TableReference,
  TableResource,
} from './resource.ts';

/**
 * Projects, datasets, tables, views and routines as REST resources. Names are case-sensitive, as in BigQuery.
 * `get…` throws notFound, `create…` duplicate or invalid, both BigQueryError; `find…` answers undefined.
 * Projects need no creation: one exists as soon as something is in it.
 */
export interface EngineCatalog {
  listProjects(): readonly string[];

  listDatasets(projectId: string): readonly DatasetResource[];
  findDataset(reference: DatasetReference): DatasetResource | undefined;
  getDataset(reference: DatasetReference): DatasetResource;
  createDataset(input: DatasetInput): Promise<DatasetResource>;
  /** PATCH: keys that are present change; `null` removes (JSON merge patch of the REST surface). */
  patchDataset(reference: DatasetReference, patch: Readonly<Record<string, unknown>>): Promise<DatasetResource>;
  /** PUT: what is not given goes back to its default. */
  updateDataset(reference: DatasetReference, input: DatasetInput): Promise<DatasetResource>;
  deleteDataset(reference: DatasetReference, options?: { readonly deleteContents?: boolean }): Promise<void>;
  /** As it was when it was deleted, within seven days. Throws notFound, duplicate, or `invalid` where rows are no longer kept. */
  undeleteDataset(reference: DatasetReference): Promise<DatasetResource>;

  /** In order of name; anonymous result tables are not listed. */
  listTables(reference: DatasetReference): readonly TableResource[];
  findTable(reference: TableReference): TableResource | undefined;
  /** Synchronous, without numRows and numBytes; `describeTable` has them. */
  getTable(reference: TableReference): TableResource;
  /** The full resource: numRows and numBytes counted by BigQuery's sizing rules. Anonymous result tables too. */
  describeTable(reference: TableReference): Promise<TableResource>;
  createTable(input: TableInput): Promise<TableResource>;
  patchTable(reference: TableReference, patch: Readonly<Record<string, unknown>>): Promise<TableResource>;
  updateTable(reference: TableReference, input: TableInput): Promise<TableResource>;
  deleteTable(reference: TableReference): Promise<void>;

  listRoutines(reference: DatasetReference): readonly RoutineResource[];
  findRoutine(reference: RoutineReference): RoutineResource | undefined;
  getRoutine(reference: RoutineReference): RoutineResource;
  createRoutine(input: RoutineInput): Promise<RoutineResource>;
  updateRoutine(reference: RoutineReference, input: RoutineInput): Promise<RoutineResource>;
  deleteRoutine(reference: RoutineReference): Promise<void>;

  /** In order of name. Models are made by CREATE MODEL only. */
  listModels(reference: DatasetReference): readonly ModelResource[];
  getModel(reference: ModelReference): ModelResource;
  patchModel(reference: ModelReference, patch: Readonly<Record<string, unknown>>): Promise<ModelResource>;
  deleteModel(reference: ModelReference): Promise<void>;
}
