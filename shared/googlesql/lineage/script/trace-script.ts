import { ok, type Result } from '../../../base/result.ts';
import { parseScript } from '../../parse-script.ts';
import type { Statement } from '../../syntax/ast-statement.ts';
import type { Lineage } from '../trace-lineage.ts';
import { orWhyNot, type TraceOptions } from '../trace-sql.ts';
import { ScriptTracer } from './script-tracer.ts';

/** `lineage`: of a statement that gives or writes rows, sets a variable or decides; the reason where it cannot be told. */
export type StatementLineage = { readonly statement: Statement; readonly lineage: Result<Lineage, string> };

/**
 * The lineage of every statement of a script, in the order of the text, those in branches and loops too; one sentence where the text is no SQL.
 * Variables and tables carry what the script put into them, the tables it created need not be in the catalogue, and conditions of IF, CASE, loops
 * and error handlers decide (`branch`) about what is in them. After EXECUTE IMMEDIATE, CALL and DDL whose effect is not followed, variables and
 * tables may hold anything: lineages are incomplete from there on.
 */
export function traceScript(sql: string, options: TraceOptions): Result<readonly StatementLineage[], string> {
  return orWhyNot(() => {
    const { statements } = parseScript(sql);
    const tracer = new ScriptTracer({ ...options, text: sql });
    tracer.run(statements);
    return ok([...tracer.lineages].map(([statement, lineage]) => ({ statement, lineage })));
  });
}
