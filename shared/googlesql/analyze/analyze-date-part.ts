import type { Argument, DatePart, ExtractExpression, IntervalExpression } from '../syntax/ast.ts';
import { INT64, INTERVAL, STRING, typeText } from '../types/sql-type.ts';
import { callWith } from './analyze-call.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { internalCall, stringLiteral } from './build-expression.ts';
import { coerce } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { ResolvedExpression } from './resolved-tree.ts';

const partText = (part: DatePart): string => (part.weekday ? `${part.name}(${part.weekday})` : part.name).toUpperCase();

/** The upper-case word where a function wants a keyword: `MONTH`, `WEEK(MONDAY)`, `NFC`; undefined when the argument is something else. */
export function keywordText(node: Argument): string | undefined {
  if (node.kind === 'PathExpression' && node.names.length === 1) return node.names[0]!.name.toUpperCase();
  if (node.kind === 'StringLiteral') return node.value.toUpperCase();
  if (node.kind !== 'FunctionCall' || node.function.names.length !== 1 || node.arguments.length !== 1) return undefined;
  const inner = keywordText(node.arguments[0]!);
  return inner && `${node.function.names[0]!.name.toUpperCase()}(${inner})`;
}

export function analyzeExtract(node: ExtractExpression, context: ExpressionContext): ResolvedExpression {
  const operand = analyzeExpression(node.operand, context);
  const zone = node.timeZone && coerce(context.analysis, node.timeZone, analyzeExpression(node.timeZone, context), STRING);
  const part = partText(node.part);
  if (part === 'DATE' || part === 'TIME' || part === 'DATETIME') return callWith(part, zone ? [operand, zone] : [operand], node, context);
  const args = [stringLiteral(part), operand, ...(zone ? [zone] : [])];
  return callWith('$extract', args, node, context);
}

const UNIT_SQL: Readonly<Record<string, string>> = {
  YEAR: 'to_years(CAST($ AS INTEGER))',
  QUARTER: 'to_months(CAST($ * 3 AS INTEGER))',
  MONTH: 'to_months(CAST($ AS INTEGER))',
  WEEK: 'to_days(CAST($ * 7 AS INTEGER))',
  DAY: 'to_days(CAST($ AS INTEGER))',
  HOUR: 'to_hours($)',
  MINUTE: 'to_minutes($)',
  SECOND: 'to_microseconds($ * 1000000)',
  MILLISECOND: 'to_microseconds($ * 1000)',
  MICROSECOND: 'to_microseconds($)',
};

/** `INTERVAL n DAY`, or `INTERVAL '1-2' YEAR TO MONTH` with both ends of the format. */
export function analyzeInterval(node: IntervalExpression, context: ExpressionContext): ResolvedExpression {
  const value = analyzeExpression(node.value, context);
  const from = partText(node.from);
  if (!UNIT_SQL[from]) throw context.analysis.error(node.from, `Unsupported INTERVAL unit: ${from}`);
  if (node.to || value.type.kind === 'STRING') return intervalFromText(value, from, node, context);
  const message = `Interval value must be coercible to INT64 type, but has type ${typeText(value.type)}`;
  const count = coerce(context.analysis, node.value, value, INT64, message);
  return internalCall(`INTERVAL ${from}`, [count], INTERVAL, ([n]) => UNIT_SQL[from]!.replace('$', n!));
}

function intervalFromText(
  value: ResolvedExpression,
  from: string,
  node: IntervalExpression,
  context: ExpressionContext,
): ResolvedExpression {
  const text = coerce(context.analysis, node.value, value, STRING);
  const format = node.to ? `${from} TO ${partText(node.to)}` : from;
  return internalCall(`INTERVAL ${format}`, [text], INTERVAL, ([sql]) => intervalOf(`bq_interval_parts(${sql}, '${format}')`));
}

/** An interval from a list of months, days and microseconds. */
export const intervalOf = (parts: string): string =>
  `(to_months(CAST(${parts}[1] AS INTEGER)) + to_days(CAST(${parts}[2] AS INTEGER)) + to_microseconds(${parts}[3]))`;
