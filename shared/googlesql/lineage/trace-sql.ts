import { err, ok, type Result } from '../../base/result.ts';
import { analyze } from '../analyze/analyze.ts';
import type { QueryParameter } from '../analyze/analyze-options.ts';
import type { Catalog, NameDefaults } from '../analyze/catalog.ts';
import { splitPath } from '../describe/resolve-name.ts';
import { parseScript } from '../parse-script.ts';
import { SqlError } from '../sql-error.ts';
import type { Statement } from '../syntax/ast-statement.ts';
import { completePath } from './schema-catalog.ts';
import { type Lineage, traceLineage } from './trace-lineage.ts';

export type TraceOptions = { readonly catalog: Catalog; readonly defaults: NameDefaults; readonly parameters?: readonly QueryParameter[] };

/** The lineage of a text that is one query, DML statement or CREATE TABLE AS SELECT; else, in a sentence, why it has none. */
export function traceSql(sql: string, options: TraceOptions): Result<Lineage, string> {
  try {
    const { statements } = parseScript(sql);
    const [statement] = statements;
    if (!statement || statements.length > 1) return err('A script of several statements has no lineage as a whole');
    return traceOne(statement, { ...options, text: sql, sharesViews: true });
  } catch (error) {
    if (error instanceof SqlError) return err(error.message);
    if (error instanceof RangeError) return err('The query is too deeply nested');
    throw error;
  }
}

function traceOne(
  statement: Statement,
  options: TraceOptions & { readonly text: string; readonly sharesViews: boolean },
): Result<Lineage, string> {
  switch (statement.kind) {
    case 'QueryStatement':
    case 'InsertStatement':
    case 'UpdateStatement':
    case 'DeleteStatement':
    case 'MergeStatement':
    case 'TruncateStatement':
      return ok(traceLineage(analyze(statement, options)));
    case 'CreateTableStatement': {
      if (!statement.query) break;
      const lineage = traceLineage(analyze(statement.query, options));
      return ok({ ...lineage, target: completePath(splitPath(statement.name), options.defaults) });
    }
    default:
  }
  return err(`${statement.statementType} has no lineage`);
}
