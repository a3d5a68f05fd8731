import { collectStatement } from './describe/collect-statement.ts';
import { Collector } from './describe/collector.ts';
import type { DescribeOptions, ScriptFacts } from './describe/facts.ts';
import type { Script } from './syntax/ast-statement.ts';

export type { DescribeOptions, ObjectEffect, RoutineName, ScriptFacts, StatementFacts, TableName, Touches } from './describe/facts.ts';

/**
 * What a script would read, write, call and touch, seen in its text alone, without schemas: the ground that policy stands on.
 * Never throws on a parsed script. What the text does not tell (dynamic SQL, computed locations, names after a computed
 * `@@dataset_id`) is marked in `touches`, so that a policy can refuse it. Views and routines are named, not looked into.
 */
export function describeScript(script: Script, options: DescribeOptions = {}): ScriptFacts {
  const collector = new Collector(script.text, options);
  for (const statement of script.statements) collectStatement(collector, statement);
  return { statements: collector.statements };
}
