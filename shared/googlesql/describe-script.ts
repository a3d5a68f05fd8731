import { collectStatement } from './describe/collect-statement.ts';
import { Collector } from './describe/collector.ts';
import type { DescribeOptions, ScriptFacts } from './describe/facts.ts';
import type { Script } from './syntax/ast-statement.ts';

export type { DescribeOptions, ObjectEffect, RoutineName, ScriptFacts, StatementFacts, TableName, Touches } from './describe/facts.ts';

/**
 * What a script would read, write, call and touch, seen in its text alone, without schemas: the ground that policy stands on.
 * Gives `{ statements }`, one entry per statement in the order of the text, those inside of blocks, loops and procedures included; spans
 * are UTF-16 offsets of the script's text. Linear in the tree; never throws on a parsed script.
 *
 * It may name more than a statement touches, never less: a path counts as a table unless an alias or a query name surely hides it. What the
 * text does not tell (dynamic SQL, computed locations, names after a computed `@@dataset_id`) is marked in `touches`, so that a policy can
 * refuse it. Views and routines are named, not looked into; what dynamic SQL changes is not followed.
 */
export function describeScript(script: Script, options: DescribeOptions = {}): ScriptFacts {
  const collector = new Collector(script.text, options);
  for (const statement of script.statements) collectStatement(collector, statement);
  return { statements: collector.statements };
}
