import type {
  DatasetReference,
  DatasetResource,
  ModelReference,
  ModelResource,
  RoutineReference,
  RoutineResource,
  TableReference,
} from '../resource.ts';
import type { StoredTable } from './stored-table.ts';

type DatasetEntry = {
  dataset: DatasetResource;
  readonly tables: Map<string, StoredTable>;
  readonly routines: Map<string, RoutineResource>;
  readonly models: Map<string, ModelResource>;
};

/** What is there, in memory; keys are exact names. Datasets whose name begins with an underscore are hidden: results, temporary tables. */
export class CatalogState {
  readonly #datasets = new Map<string, DatasetEntry>();

  *datasets(projectId: string): Generator<DatasetResource> {
    for (const { dataset } of this.#datasets.values()) {
      if (dataset.datasetReference.projectId === projectId && !isHidden(dataset.datasetReference)) yield dataset;
    }
  }

  *projects(): Generator<string> {
    const seen = new Set<string>();
    for (const { dataset } of this.#datasets.values()) {
      const { projectId } = dataset.datasetReference;
      if (!seen.has(projectId)) yield projectId;
      seen.add(projectId);
    }
  }

  dataset(reference: DatasetReference): DatasetResource | undefined {
    return this.#entry(reference)?.dataset;
  }

  putDataset(dataset: DatasetResource): void {
    const key = toKey(dataset.datasetReference);
    const entry = this.#datasets.get(key);
    if (entry) entry.dataset = dataset;
    else this.#datasets.set(key, { dataset, tables: new Map(), routines: new Map(), models: new Map() });
  }

  removeDataset(reference: DatasetReference): void {
    this.#datasets.delete(toKey(reference));
  }

  tables(reference: DatasetReference): readonly StoredTable[] {
    const now = Date.now();
    return [...(this.#entry(reference)?.tables.values() ?? [])].filter((table) => !isExpired(table, now));
  }

  table(reference: TableReference): StoredTable | undefined {
    const table = this.#entry(reference)?.tables.get(reference.tableId);
    return table && !isExpired(table, Date.now()) ? table : undefined;
  }

  putTable(table: StoredTable): void {
    const { tableReference } = table.resource;
    this.#entry(tableReference)?.tables.set(tableReference.tableId, table);
  }

  removeTable(reference: TableReference): void {
    this.#entry(reference)?.tables.delete(reference.tableId);
  }

  /** Tables whose time is over, with all that is hidden. */
  *expired(now: number): Generator<StoredTable> {
    for (const { tables } of this.#datasets.values()) {
      for (const table of tables.values()) if (isExpired(table, now)) yield table;
    }
  }

  routines(reference: DatasetReference): readonly RoutineResource[] {
    return [...(this.#entry(reference)?.routines.values() ?? [])];
  }

  routine(reference: RoutineReference): RoutineResource | undefined {
    return this.#entry(reference)?.routines.get(reference.routineId);
  }

  putRoutine(routine: RoutineResource): void {
    this.#entry(routine.routineReference)?.routines.set(routine.routineReference.routineId, routine);
  }

  removeRoutine(reference: RoutineReference): void {
    this.#entry(reference)?.routines.delete(reference.routineId);
  }

  models(reference: DatasetReference): readonly ModelResource[] {
    return [...(this.#entry(reference)?.models.values() ?? [])];
  }

  model(reference: ModelReference): ModelResource | undefined {
    return this.#entry(reference)?.models.get(reference.modelId);
  }

  putModel(model: ModelResource): void {
    this.#entry(model.modelReference)?.models.set(model.modelReference.modelId, model);
  }

  removeModel(reference: ModelReference): void {
    this.#entry(reference)?.models.delete(reference.modelId);
  }

  #entry(reference: DatasetReference): DatasetEntry | undefined {
    return this.#datasets.get(toKey(reference));
  }
}

export const isHidden = ({ datasetId }: DatasetReference): boolean => datasetId.startsWith('_');

/** `_` and a digest, as BigQuery names the datasets of anonymous results. */
export const isResultDataset = ({ datasetId }: DatasetReference): boolean => /^_[0-9a-f]{40}$/.test(datasetId);

const toKey = ({ projectId, datasetId }: DatasetReference): string => `${projectId}:${datasetId}`;

const isExpired = ({ resource }: StoredTable, now: number): boolean =>
  resource.expirationTime !== undefined && Number(resource.expirationTime) <= now;
