import { createDuplicate, createNotFound, modelText } from '../failure.ts';
import type { DatasetReference, ModelReference, ModelResource } from '../resource.ts';
import type { CatalogCore } from './catalog-core.ts';
import { getDataset } from './dataset-operations.ts';
import { applyPatch, createStamp, mergeLabels } from './resource-stamp.ts';

export type ModelInput = Omit<ModelResource, 'etag' | 'creationTime' | 'lastModifiedTime' | 'location'>;

export function getModel(core: CatalogCore, reference: ModelReference): ModelResource {
  getDataset(core, reference);
  const model = core.state.model(reference);
  if (!model) throw createNotFound('Model', modelText(reference));
  return model;
}

/** In order of name. */
export function listModels(core: CatalogCore, reference: DatasetReference): readonly ModelResource[] {
  getDataset(core, reference);
  return core.state.models(reference).toSorted((a, b) => (a.modelReference.modelId < b.modelReference.modelId ? -1 : 1));
}

/** Throws duplicate, unless it is to replace what is there. */
export async function createModel(core: CatalogCore, input: ModelInput, isReplacement: boolean): Promise<ModelResource> {
  const { location } = getDataset(core, input.modelReference);
  if (!isReplacement && core.state.model(input.modelReference)) throw createDuplicate('Model', modelText(input.modelReference));
  return put(core, { ...input, location, creationTime: String(Date.now()), ...createStamp() });
}

/** JSON merge patch of what a client may change; `null` removes. */
export async function patchModel(
  core: CatalogCore,
  reference: ModelReference,
  patch: Readonly<Record<string, unknown>>,
): Promise<ModelResource> {
  const old = getModel(core, reference);
  const labels = 'labels' in patch ? { labels: mergeLabels(old.labels, patch['labels']) } : {};
  return put(core, { ...applyPatch(old, { ...patch, ...labels }), ...createStamp() });
}

export async function deleteModel(core: CatalogCore, reference: ModelReference): Promise<void> {
  const value = getModel(core, reference);
  await core.change((connection) => core.erase(connection, { kind: 'model', value }));
  core.state.removeModel(reference);
}

async function put(core: CatalogCore, value: ModelResource): Promise<ModelResource> {
  await core.change((connection) => core.write(connection, { kind: 'model', value }));
  core.state.putModel(value);
  return value;
}
