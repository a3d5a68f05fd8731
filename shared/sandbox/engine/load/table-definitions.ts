import type { CatalogCore } from '../catalog/catalog-core.ts';
import { getDataset } from '../catalog/dataset-operations.ts';
import { toTableResource } from '../catalog/table-resource.ts';
import type { QueryRequest } from '../engine.ts';
import type { Session } from '../query/session.ts';
import type { ExternalConfig } from './external-config.ts';

/** `tableDefinitions` of a query job: external tables by a name that only this request knows. */
export async function defineTables(core: CatalogCore, session: Session, { tableDefinitions = {}, projectId }: QueryRequest): Promise<void> {
  for (const [name, definition] of Object.entries(tableDefinitions)) {
    const config = definition as ExternalConfig;
    const tableReference = { ...session.tempDataset, tableId: name };
    await core.openHiddenDataset(session.tempDataset);
    const given = config.schema?.fields.length ? config.schema : undefined;
    const schema = given ?? (await core.externals.detectSchema(name, config, projectId));
    const input = { tableReference, externalDataConfiguration: given ? config : { ...config, autodetect: true } };
    session.tempTables.set(name, { resource: toTableResource(input, getDataset(core, tableReference), schema) });
  }
}
