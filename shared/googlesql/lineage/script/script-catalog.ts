import type { Catalog, CatalogRoutine, CatalogTable, NameDefaults, TablePath } from '../../analyze/catalog.ts';
import { completePath } from '../schema-catalog.ts';
import { toKey } from './script-state.ts';

/** The catalogue with what the script created so far. */
export class ScriptCatalog implements Catalog {
  readonly #catalog: Catalog;
  readonly #tables = new Map<string, CatalogTable>();
  readonly #routines = new Map<string, CatalogRoutine>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** A path of one name may be a temporary table; those are filed under the default dataset. */
  findTable(path: readonly string[], defaults: NameDefaults): CatalogTable | undefined {
    return this.#tables.get(toKey(completePath(path, defaults))) ?? this.#catalog.findTable(path, defaults);
  }

  findRoutine(path: readonly string[], defaults: NameDefaults): CatalogRoutine | undefined {
    return this.#routines.get(toKey(completePath(path, defaults))) ?? this.#catalog.findRoutine(path, defaults);
  }

  addTable(table: CatalogTable): void {
    this.#tables.set(toKey(table.path), table);
  }

  addRoutine(path: TablePath, routine: CatalogRoutine): void {
    this.#routines.set(toKey(path), routine);
  }
}
