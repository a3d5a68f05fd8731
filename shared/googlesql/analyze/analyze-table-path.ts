import type { Expression, Node } from '../syntax/ast.ts';
import type { TablePathExpression } from '../syntax/ast-query.ts';
import { TIMESTAMP, typeText } from '../types/sql-type.ts';
import type { CteBinding } from './analysis.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { namedQuery } from './analyze-from.ts';
import { analyzeQuery, type QueryContext } from './analyze-query.ts';
import { columnReference } from './build-expression.ts';
import type { CatalogTable, CatalogView } from './catalog.ts';
import { coerce } from './coerce.ts';
import { parseBodyQuery } from './parse-body.ts';
import type { NamedRelation } from './query-output.ts';
import type { ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';
import { lower, tableNames, valueNames } from './scope.ts';
import { splitPath } from './split-path.ts';

/** A WITH name, a table or a view, by its path. */
export function analyzeTablePath(node: TablePathExpression, context: QueryContext): NamedRelation {
  const { analysis } = context;
  const path = splitPath(node.path);
  const alias = node.alias?.name ?? node.path.names.at(-1)!.name.split('.').at(-1)!;
  const cte = path.length === 1 ? analysis.ctes.get(lower(path[0]!)) : undefined;
  if (cte) return readCte(cte, alias, context);
  if (node.offset) throw analysis.error(node.offset, 'WITH OFFSET is only allowed with array paths and UNNEST');
  const table = findTable(path, node.path, context, node.systemTime && analyzeSystemTime(node.systemTime, context));
  if (table.view && node.systemTime) throw analysis.unsupported(node.systemTime, 'FOR SYSTEM_TIME AS OF on a view');
  if (!table.view) return { ...readTable(table, alias, context) };
  if (analysis.options.sharesViews) return readSharedView(table, table.view, alias, node, context);
  return namedQuery(asView(table, expandView(table.view, node, context)), alias);
}

/** Of constants, parameters and variables: no column is in sight. */
function analyzeSystemTime(node: Expression, { analysis }: QueryContext): ResolvedExpression {
  const resolved = analyzeExpression(node, { analysis, scope: undefined, clause: 'FOR SYSTEM_TIME AS OF' });
  return coerce(
    analysis,
    node,
    resolved,
    TIMESTAMP,
    `FOR SYSTEM_TIME AS OF must be of type TIMESTAMP but was of type ${typeText(resolved.type)}`,
  );
}

const asView = (table: CatalogTable, query: ResolvedQuery): ResolvedQuery => ({
  ...query,
  relation: { kind: 'view', table, columns: query.columns, input: query.relation },
});

/** The view as a WITH entry of its own, the same one wherever the statement reads it. */
function readSharedView(table: CatalogTable, view: CatalogView, alias: string, node: Node, context: QueryContext): NamedRelation {
  const { analysis } = context;
  const { projectId, datasetId, tableId } = table.path;
  const key = JSON.stringify([projectId, datasetId, tableId]);
  let binding = analysis.views.get(key);
  if (!binding) {
    const query = asView(table, expandView(view, node, context));
    binding = { query, definition: { name: analysis.uniqueName(tableId), query } };
    analysis.views.set(key, binding);
  }
  const { relation, names } = readCte(binding, alias, context);
  return { relation: { kind: 'with', ctes: [binding.definition], body: relation }, names };
}

export function findTable(path: readonly string[], node: Node, { analysis }: QueryContext, at?: ResolvedExpression): CatalogTable {
  const table = analysis.options.catalog.findTable(path, analysis.options.defaults, at);
  if (!table) {
    const reason =
      path.length === 1 && !analysis.options.defaults.datasetId
        ? `Table "${path[0]}" must be qualified with a dataset (e.g. dataset.table).`
        : `Table not found: ${path.join('.')}`;
    throw analysis.error(node, reason);
  }
  if (!analysis.referencedTables.includes(table)) analysis.referencedTables.push(table);
  return table;
}

function readCte({ definition, query }: CteBinding, alias: string, { analysis }: QueryContext): NamedRelation {
  const columns = query.columns.map((c) => analysis.column(c.name, c.column.type));
  const read: ResolvedQuery = {
    relation: { kind: 'cte', cte: definition, columns },
    columns: columns.map((column, i) => ({ ...query.columns[i]!, column })),
    isValueTable: query.isValueTable,
  };
  return namedQuery(read, alias);
}

export function readTable(table: CatalogTable, alias: string, { analysis }: QueryContext): NamedRelation {
  const columns = table.columns.map((c) => ({ column: analysis.column(c.name, c.type), duckColumn: c.duckColumn ?? c.name }));
  const relation = { kind: 'table', table, columns } as const;
  if (table.isValueTable) return { relation, names: valueNames(alias, columnReference(columns[0]!.column)) };
  const named = columns.map(({ column }, i) => ({
    name: column.name,
    expression: columnReference(column),
    ...(table.columns[i]!.isPseudo && { isHidden: true }),
  }));
  return { relation, names: tableNames(alias, named) };
}

function expandView(view: CatalogView, node: Node, { analysis }: QueryContext): ResolvedQuery {
  const { query, text } = parseBodyQuery(view.sql);
  return renamed(analyzeQuery(query, { analysis: analysis.expand(text, view.defaults, node), outer: undefined }), view.columnNames);
}

const renamed = (query: ResolvedQuery, names: readonly string[] | undefined): ResolvedQuery =>
  names?.length ? { ...query, columns: query.columns.map((c, i) => ({ ...c, name: names[i] ?? c.name })) } : query;
