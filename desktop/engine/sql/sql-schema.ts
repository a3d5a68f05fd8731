import type { SqlRelation } from '../../../shared/contract/result.ts';
import { createTables, tableNames } from '../../../shared/derived/tables.sql.ts';
import type { ResultRelations } from '../result/result-relations.ts';
import type { ReviewCase } from '../review-case.ts';
import { derivedViews } from '../views/case-views.sql.ts';

/** Relations that a console user sees, their columns documented by the SQL that makes them. */
export async function getSqlSchema(review: ReviewCase, results: ResultRelations): Promise<SqlRelation[]> {
  const rows = await review.database.all(
    `SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'memory' AND schema_name = 'main'
     AND NOT starts_with(table_name, 'list_') ORDER BY table_name, column_index`,
  );
  const relations = new Map<string, SqlRelation>();
  const comments = readComments(`${createTables}\n${derivedViews}`);
  const resultNames = new Set(results.made.map(({ resultId }) => resultId));
  for (const row of rows) {
    const name = String(row['table_name']);
    const relation = relations.get(name) ?? { name, kind: kindOf(name, resultNames), columns: [] };
    const column = String(row['column_name']);
    const comment = comments.get(`${name}.${column}`) ?? comments.get(column);
    relation.columns.push({ name: column, type: String(row['data_type']), ...(comment === undefined ? {} : { comment }) });
    relations.set(name, relation);
  }
  return [...relations.values()].sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

const kindOf = (name: string, results: ReadonlySet<string>): SqlRelation['kind'] =>
  results.has(name) ? 'result' : (tableNames as readonly string[]).includes(name) ? 'table' : 'view';

const order = ({ name, kind }: SqlRelation): number =>
  kind === 'table' ? (tableNames as readonly string[]).indexOf(name) : kind === 'view' ? 100 : 200;

/** `column TYPE, -- what it is` under `CREATE … name`: the SQL files are the documentation. */
function readComments(sql: string): Map<string, string> {
  const comments = new Map<string, string>([
    ['bundle_id', 'place of the bundle in the case, from 1'],
    ['session_id', 'uuid of the session'],
    ['number', 'place of the exchange in the case, from 1'],
  ]);
  let relation = '';
  for (const line of sql.split('\n')) {
    relation = /^CREATE (?:OR REPLACE )?(?:TABLE|VIEW) (\w+)/.exec(line)?.[1] ?? relation;
    const [, code = '', comment] = /^(.*?)--\s*(.*)$/.exec(line) ?? [];
    const column = /(?:^\s*|\bAS |\be\.)"?(\w+)"?(?: [A-Z]+(?:\[\])?)?,?\s*$/.exec(code.trimEnd())?.[1];
    if (column !== undefined && comment !== undefined && comment !== '' && column !== 'number')
      comments.set(`${relation}.${column}`, comment);
  }
  return comments;
}
