import type { CatalogTable, NameDefaults } from '../../../googlesql/analyze/catalog.ts';
import type { QueryWorld } from '../query/query-world.ts';

export function findInformationSchema(_world: QueryWorld, _path: readonly string[], _defaults: NameDefaults): CatalogTable | undefined {
  return undefined;
}
