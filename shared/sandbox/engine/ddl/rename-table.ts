import { splitPath } from '../../../googlesql/analyze/split-path.ts';
import type { PathExpression } from '../../../googlesql/syntax/ast.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { createStamp } from '../catalog/resource-stamp.ts';
import { getTable } from '../catalog/table-operations.ts';
import { createDuplicate, createInvalidQuery, tableText } from '../failure.ts';
import type { TableReference } from '../resource.ts';

/** The rows stay where they are: only the catalogue's name changes. */
export async function renameTable(core: CatalogCore, from: TableReference, path: PathExpression): Promise<TableReference> {
  const names = splitPath(path);
  if (names.length !== 1) throw createInvalidQuery('ALTER TABLE RENAME TO takes a name without a dataset');
  const to = { ...from, tableId: names[0]! };
  return core.change(async (connection) => {
    const old = getTable(core, from);
    if (core.state.table(to)) throw createDuplicate('Table', tableText(to));
    const value = { ...old, resource: { ...old.resource, id: tableText(to), tableReference: to, ...createStamp() } };
    await core.erase(connection, { kind: 'table', value: old });
    await core.write(connection, { kind: 'table', value });
    core.state.removeTable(from);
    core.state.putTable(value);
    core.history.forgot(old.resource.id);
    core.history.began(value);
    return to;
  });
}
