import type { CatalogTable, NameDefaults } from '../../../googlesql/analyze/catalog.ts';
import { createNotFound } from '../failure.ts';
import type { QueryWorld } from '../query/query-world.ts';
import type { DatasetReference } from '../resource.ts';
import { toViewTable } from './information-view.ts';
import { informationViews } from './information-views.ts';
import { toPartitionsTable } from './partitions-view.ts';
import { toTableStorage } from './table-storage-view.ts';

/** What a view is asked about: one dataset, or a whole project in its region. */
export type InformationScope = { readonly projectId: string; readonly datasets: readonly DatasetReference[] };

/**
 * `[project.][dataset. | region-us.]INFORMATION_SCHEMA.VIEW`; undefined for any other path.
 * https://cloud.google.com/bigquery/docs/information-schema-intro
 */
export function findInformationSchema(world: QueryWorld, path: readonly string[], defaults: NameDefaults): CatalogTable | undefined {
  const at = path.findIndex((name) => name.toUpperCase() === 'INFORMATION_SCHEMA');
  const view = path[at + 1]?.toUpperCase();
  if (at < 0 || view === undefined || path.length !== at + 2) return undefined;
  const scope = toScope(world, path.slice(0, at), defaults);
  const table = { projectId: scope.projectId, datasetId: 'INFORMATION_SCHEMA', tableId: view };
  if (view === 'PARTITIONS') return toPartitionsTable(world, scope, table);
  if (/^TABLE_STORAGE(_BY_(PROJECT|ORGANIZATION))?$/.test(view)) return toTableStorage(world, scope, table);
  const known = informationViews[view];
  if (!known) throw createNotFound('Table', `${scope.projectId}:INFORMATION_SCHEMA.${view}`, world.core.location);
  return toViewTable(table, known.columns, known.rows(world, scope));
}

function toScope({ core }: QueryWorld, qualifiers: readonly string[], defaults: NameDefaults): InformationScope {
  const names = qualifiers.flatMap((name) => name.split('.'));
  const last = names.at(-1);
  const isRegion = last !== undefined && /^region-/i.test(last);
  const projectNames = names.slice(0, -1);
  const projectId = projectNames.length > 0 ? projectNames.join('.') : (defaults.projectId ?? '');
  const datasetId = isRegion ? undefined : last;
  if (datasetId === undefined)
    return { projectId, datasets: [...core.state.datasets(projectId)].map(({ datasetReference }) => datasetReference) };
  const dataset = { projectId, datasetId };
  if (!core.state.dataset(dataset)) throw createNotFound('Dataset', `${projectId}:${datasetId}`, core.location);
  return { projectId, datasets: [dataset] };
}
