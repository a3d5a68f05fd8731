import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { isPlaced, type PlacedTable, type StoredTable } from '../catalog/stored-table.ts';
import { createInvalid, tableText } from '../failure.ts';
import { NotReady } from '../query/not-ready.ts';
import type { TableSchema } from '../resource.ts';
import { type ExternalConfig, toLoadOptions } from './external-config.ts';
import { loadTable } from './load-table.ts';
import { objectsOf } from './object-sources.ts';

type Copy = { readonly signature: string; readonly table: PlacedTable };

/** The rows of external tables: read from their files when a statement wants them, and again when the files have changed. */
export class ExternalTables {
  readonly #core: CatalogCore;
  readonly #copies = new Map<string, Copy>();

  constructor(core: CatalogCore) {
    this.#core = core;
  }

  /** Throws NotReady while the rows are not here. */
  find(stored: StoredTable): PlacedTable {
    const config = configOf(stored);
    const paths = this.#pathsOf(config);
    const signature = toSignature(stored, paths);
    const copy = this.#copies.get(stored.resource.id);
    if (copy?.signature === signature) return copy.table;
    throw new NotReady(async () => {
      const table = await this.#read(stored, config, paths);
      this.#copies.set(stored.resource.id, { signature, table });
    });
  }

  /** The columns that files have, for a definition that names none. */
  async detectSchema(id: string, config: ExternalConfig, projectId: string): Promise<TableSchema> {
    const table = await this.#load(`schema ${id}`, config, this.#pathsOf(config), projectId);
    return table.resource.schema ?? { fields: [] };
  }

  #pathsOf({ sourceUris = [] }: ExternalConfig): readonly string[] {
    if (sourceUris.length === 0) throw createInvalid('Required parameter is missing: sourceUris');
    return sourceUris.flatMap((uri) => objectsOf(this.#core).resolve(uri));
  }

  #read({ resource }: StoredTable, config: ExternalConfig, paths: readonly string[]): Promise<PlacedTable> {
    const schema = resource.schema?.fields.length ? { schema: resource.schema } : {};
    return this.#load(resource.id, { ...config, ...schema }, paths, resource.tableReference.projectId);
  }

  async #load(id: string, config: ExternalConfig, paths: readonly string[], projectId: string): Promise<PlacedTable> {
    const digest = createHash('sha1').update(id).digest('hex');
    const destination = { projectId, datasetId: `_${createHash('sha1').update('external').digest('hex')}`, tableId: `external${digest}` };
    await this.#core.openHiddenDataset(destination);
    const sources = paths.map((path) => ({ path }));
    await loadTable(this.#core, { ...toLoadOptions(config), destination, sources, writeDisposition: 'WRITE_TRUNCATE' });
    const table = this.#core.state.table(destination);
    if (table && isPlaced(table)) return table;
    throw createInvalid(`Cannot read the files of ${id}`);
  }
}

function configOf({ resource }: StoredTable): ExternalConfig {
  const config = resource.externalDataConfiguration;
  if (config) return config as ExternalConfig;
  throw createInvalid(`${tableText(resource.tableReference)} has no external data configuration`);
}

/** What the rows come from: the definition and the files as they are now. */
const toSignature = ({ resource }: StoredTable, paths: readonly string[]): string =>
  JSON.stringify([resource.etag, paths.map((path) => [path, statSync(path).size, statSync(path).mtimeMs])]);
