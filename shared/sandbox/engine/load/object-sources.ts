import type { CatalogCore } from '../catalog/catalog-core.ts';
import type { EngineObjects, LoadSource } from '../engine.ts';
import { createInvalid } from '../failure.ts';

export function objectsOf({ objects }: CatalogCore): EngineObjects {
  if (objects) return objects;
  throw createInvalid('This engine has no object store: gs:// addresses mean nothing here');
}

/** The files behind the addresses, in order. Throws notFound for an address that matches none. */
export const openObjects = (core: CatalogCore, uris: readonly string[]): readonly LoadSource[] =>
  uris.flatMap((uri) => objectsOf(core).resolve(uri)).map((path) => ({ path }));
