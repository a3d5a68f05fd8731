import type { Engine } from '../engine/engine.ts';
import { customerRows, employeeRows, eventRows, orderRows, productRows, type ShopSize, salaryRows } from './shop-rows.ts';
import { shopSchemas } from './shop-schema.ts';

export type SeedShopOptions = Partial<ShopSize> & { readonly projectId?: string };

const rowsOf: Readonly<Record<string, (size: ShopSize) => string>> = {
  customers: customerRows,
  products: productRows,
  orders: orderRows,
  events: eventRows,
  employees: employeeRows,
  salaries: salaryRows,
};

/**
 * The demo's data: datasets `shop`, `hr` and `scratch`, more than a million rows by default, the same for the same seed. Answers the rows of each table.
 * Datasets and tables that are there already are left alone, so that a second start with the same directory is quick.
 */
export async function seedShop(engine: Engine, options: SeedShopOptions = {}): Promise<Readonly<Record<string, bigint>>> {
  const { projectId = 'shop-demo', ...given } = options;
  const size: ShopSize = { customers: 60_000, orders: 300_000, events: 700_000, seed: 1, ...given };
  const counts: Record<string, bigint> = {};
  for (const [datasetId, tables] of Object.entries(shopSchemas)) {
    const datasetReference = { projectId, datasetId };
    if (!engine.catalog.findDataset(datasetReference)) await engine.catalog.createDataset({ datasetReference });
    for (const [tableId, schema] of Object.entries(tables)) {
      const tableReference = { ...datasetReference, tableId };
      const isThere = engine.catalog.findTable(tableReference) !== undefined;
      if (!isThere) await engine.catalog.createTable({ tableReference, schema });
      counts[`${datasetId}.${tableId}`] = isThere
        ? await engine.countRows(tableReference)
        : await engine.fillTable(tableReference, rowsOf[tableId]!(size));
    }
  }
  return counts;
}
