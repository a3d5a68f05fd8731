import { analyze } from '../../shared/googlesql/analyze/analyze.ts';
import { describeScript } from '../../shared/googlesql/describe-script.ts';
import { normalise } from '../../shared/googlesql/fingerprint.ts';
import { createSchemaCatalog } from '../../shared/googlesql/lineage/schema-catalog.ts';
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

export type Step = 'fingerprint' | 'parse' | 'describe' | 'analyze' | 'generate' | 'lineage';

/** What the gateway and the sandbox do with a text. Each makes ready what comes before it, and gives the work itself. Only SqlError may be thrown. */
export const STEPS: Readonly<Record<Step, (sql: string) => () => unknown>> = {
  fingerprint: (sql) => () => normalise(sql),
  parse: (sql) => () => parseScript(sql),
  describe: (sql) => {
    const script = parseScript(sql);
    return () => describeScript(script);
  },
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

const isAnalyzed = (statement: Statement): statement is QueryStatement | DmlStatement =>
  /^(SELECT|INSERT|UPDATE|DELETE|MERGE)$/.test(statement.statementType);

const analyzeOne = (sql: string, statement: QueryStatement | DmlStatement) => analyze(statement, { text: sql, catalog, defaults });
