import type { Catalog, CatalogRoutine, CatalogTable, NameDefaults, TablePath } from '../../analyze/catalog.ts';
import { completePath } from '../schema-catalog.ts';
import { toKey } from './script-state.ts';

/** Where temporary tables and functions are filed. */
const SESSION = '_SESSION';

/** The catalogue with what the script created so far. Temporary names are seen by the script alone, not by views and functions of a dataset. */
export class ScriptCatalog implements Catalog {
  readonly #catalog: Catalog;
  readonly #home: NameDefaults;
  readonly #tables = new Map<string, CatalogTable>();
  readonly #routines = new Map<string, CatalogRoutine>();

  constructor(catalog: Catalog, home: NameDefaults) {
    this.#catalog = catalog;
    this.#home = home;
  }

  findTable = (path: readonly string[], defaults: NameDefaults): CatalogTable | undefined =>
    this.#find(this.#tables, path, defaults) ?? this.#catalog.findTable(path, defaults);

  findRoutine = (path: readonly string[], defaults: NameDefaults): CatalogRoutine | undefined =>
    this.#find(this.#routines, path, defaults) ?? this.#catalog.findRoutine(path, defaults);

  pathOf(path: readonly string[], isTemp: boolean): TablePath {
    const complete = completePath(path, this.#home);
    return isTemp ? { ...complete, datasetId: SESSION } : complete;
  }

  addTable(table: CatalogTable): void {
    this.#tables.set(toKey(table.path), table);
  }

  addRoutine(path: TablePath, routine: CatalogRoutine): void {
    this.#routines.set(toKey(path), routine);
  }

  /** The name means what it meant before the script created it. */
  drop(path: readonly string[]): void {
    if (!this.#tables.delete(toKey(this.pathOf(path, true)))) this.#tables.delete(toKey(this.pathOf(path, false)));
  }

  #find<Entry>(entries: ReadonlyMap<string, Entry>, path: readonly string[], defaults: NameDefaults): Entry | undefined {
    const isOwn = defaults === this.#home && path.length === 1;
    return (isOwn ? entries.get(toKey(this.pathOf(path, true))) : undefined) ?? entries.get(toKey(completePath(path, defaults)));
  }
}
