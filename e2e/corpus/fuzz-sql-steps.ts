import { analyze } from '../../shared/googlesql/analyze/analyze.ts';
import type { Catalog, CatalogTable, TablePath } from '../../shared/googlesql/analyze/catalog.ts';
import { describeScript } from '../../shared/googlesql/describe-script.ts';
import { normalise } from '../../shared/googlesql/fingerprint.ts';
import { completePath, createSchemaCatalog } from '../../shared/googlesql/lineage/schema-catalog.ts';
import { traceScript } from '../../shared/googlesql/lineage/script/trace-script.ts';
import { traceSql } from '../../shared/googlesql/lineage/trace-sql.ts';
import { parseScript } from '../../shared/googlesql/parse-script.ts';
import { SqlError } from '../../shared/googlesql/sql-error.ts';
import type { DmlStatement, QueryStatement, Statement } from '../../shared/googlesql/syntax/ast-statement.ts';
import { toDuckDB } from '../../shared/googlesql/to-duckdb.ts';

const fields = [
  { name: 'a', type: 'INT64' },
  { name: 's', type: 'STRING' },
  { name: 'arr', type: 'INT64', mode: 'REPEATED' },
];
const tables = ['t', 'u'].map((tableId) => ({ path: { projectId: 'p', datasetId: 'd', tableId }, fields }));
const catalog = createSchemaCatalog(tables);
const defaults = { projectId: 'p', datasetId: 'd' };

/** Any name is a table here, so that what hides one is the question. */
const anyTable: Catalog = {
  findTable: (path, names) => (path.length > 3 ? undefined : toTable(completePath(path, names))),
  findRoutine: () => undefined,
};

const toTable = (path: TablePath): CatalogTable | undefined =>
  createSchemaCatalog([{ path, fields }]).findTable([path.projectId, path.datasetId, path.tableId], defaults);

export type Step = 'fingerprint' | 'parse' | 'describe' | 'compare' | 'analyze' | 'generate' | 'lineage';

/** What the gateway and the sandbox do with a text. Each makes ready what comes before it, and gives the work itself. Only SqlError may be thrown. */
export const STEPS: Readonly<Record<Step, (sql: string) => () => unknown>> = {
  fingerprint: (sql) => () => normalise(sql),
  parse: (sql) => () => parseScript(sql),
  describe: (sql) => {
    const script = parseScript(sql);
    return () => describeScript(script);
  },
  compare: (sql) => () => compareTables(sql),
  analyze: (sql) => {
    const statement = parseOne(sql);
    return () => analyzeOne(sql, statement);
  },
  generate: (sql) => {
    const resolved = analyzeOne(sql, parseOne(sql));
    return () => toDuckDB(resolved);
  },
  lineage: (sql) => () => {
    traceSql(sql, { catalog, defaults });
    traceScript(sql, { catalog, defaults });
  },
};

function parseOne(sql: string): QueryStatement | DmlStatement {
  const { statements } = parseScript(sql);
  const [statement] = statements;
  if (!statement || statements.length > 1 || !isAnalyzed(statement)) throw new SqlError('unsupported', 'Not one query', sql, 0);
  return statement;
}

/** Every table that the analysis reads must be among those that the description names. */
function compareTables(sql: string): void {
  const { referencedTables } = analyze(parseOne(sql), { text: sql, catalog: anyTable, defaults });
  const { statements } = describeScript(parseScript(sql), { defaultProjectId: 'p', defaultDataset: { datasetId: 'd' } });
  const named = new Set(statements.flatMap(({ reads, writes }) => [...reads, ...writes]).map(textOf));
  const missed = referencedTables.map(({ path }) => textOf(path)).filter((table) => !named.has(table));
  if (missed.length > 0) throw new Error(`The description misses ${missed.join()}`);
}

const textOf = ({ projectId, datasetId, tableId }: Partial<TablePath>): string => `${projectId}.${datasetId}.${tableId}`;

const isAnalyzed = (statement: Statement): statement is QueryStatement | DmlStatement =>
  /^(SELECT|INSERT|UPDATE|DELETE|MERGE)$/.test(statement.statementType);

const analyzeOne = (sql: string, statement: QueryStatement | DmlStatement) => analyze(statement, { text: sql, catalog, defaults });
