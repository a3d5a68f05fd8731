import { err, ok, type Result } from '../../base/result.ts';
import type { QueryParameter } from '../analyze/analyze-options.ts';
import type { Catalog, NameDefaults } from '../analyze/catalog.ts';
import { parseScript } from '../parse-script.ts';
import { SqlError } from '../sql-error.ts';
import { type Lineage, toLineage } from './trace-lineage.ts';
import { traceSyntax } from './trace-syntax.ts';

export type TraceOptions = { readonly catalog: Catalog; readonly defaults: NameDefaults; readonly parameters?: readonly QueryParameter[] };

/**
 * The lineage of a text that is one query, DML statement, CREATE TABLE AS SELECT or CREATE VIEW; else, in a sentence, why it has none. Names are
 * resolved against the catalogue (`createSchemaCatalog`), so that whatever is not in it has no lineage. Time is linear in the text and in the
 * bodies of the views and functions it reads. Scripts: `traceScript`.
 */
export function traceSql(sql: string, options: TraceOptions): Result<Lineage, string> {
  return orWhyNot(() => {
    const { statements } = parseScript(sql);
    const [statement] = statements;
    if (!statement || statements.length > 1) return err('A script of several statements has no lineage as a whole');
    const traced = traceSyntax(statement, { ...options, text: sql, sharesViews: true });
    return traced ? ok(toLineage(traced)) : err(`${statement.statementType} has no lineage`);
  });
}

/** Bad SQL and SQL that is too deep are answers; anything else is a bug. */
export function orWhyNot<Value>(work: () => Result<Value, string>): Result<Value, string> {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlError) return err(error.message);
    if (error instanceof RangeError) return err('The query is too deeply nested');
    throw error;
  }
}
