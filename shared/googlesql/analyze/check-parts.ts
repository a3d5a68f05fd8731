import { UnsupportedPart } from '../functions/date-part-functions.ts';
import type { Node } from '../syntax/ast.ts';
import type { Analysis } from './analysis.ts';
import type { CallExpression, ResolvedExpression } from './resolved-tree.ts';

const CLOCK = /^(HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND)$/;
const CALENDAR = /^(MONTH|QUARTER|YEAR)$/;
const DAYS = /^(DAY|WEEK|MONTH|QUARTER|YEAR)$/;

/** Interval parts that adding to a type does not take. */
const REFUSED: Readonly<Record<string, RegExp>> = { DATE: CLOCK, TIMESTAMP: CALENDAR, TIME: DAYS };

/** BigQuery's refusals of date parts: DATE_ADD of hours, TIMESTAMP_ADD of months, DATE_TRUNC to minutes. */
export function checkParts(call: CallExpression, node: Node, analysis: Analysis): void {
  if (/_(ADD|SUB)$/.test(call.name)) checkInterval(call, node, analysis);
  if (call.name === 'COLLATE') checkCollation(call, node, analysis);
  if (call.signature.parameters.some((p) => p.pattern.kind === 'keyword') || call.name === '$extract') tryEmitting(call, node, analysis);
}

/** Texts are compared as they are: any other collation would be silently without effect. */
function checkCollation({ arguments: [, collation] }: CallExpression, node: Node, analysis: Analysis): void {
  const name = literalOf(collation);
  if (typeof name !== 'string') throw analysis.error(node, 'The second argument of COLLATE must be a string literal');
  if (name && name !== 'binary') throw analysis.unsupported(node, `COLLATE with '${name}'`);
}

function checkInterval({ name, arguments: [value, interval] }: CallExpression, node: Node, analysis: Analysis): void {
  if (!value || interval?.kind !== 'call' || interval.arguments.length !== 1) return;
  const part = /^INTERVAL (\w+)$/.exec(interval.name)?.[1];
  const { kind } = value.type;
  if (part && REFUSED[kind]?.test(part))
    throw analysis.error(node, `${name} does not support the ${part} date part when the argument is ${kind} type`);
}

/** A signature's emitter knows which parts it can do; it is asked once without the real arguments. */
function tryEmitting({ signature, arguments: args }: CallExpression, node: Node, analysis: Analysis): void {
  const literal = (i: number) => literalOf(args[i]);
  const aggregate = (): string => '';
  try {
    signature.emit(
      args.map((a) => (a.kind === 'sql' && !a.sql ? (undefined as unknown as string) : 'x')),
      { types: args.map((a) => a.type), returns: args[0]!.type, literal, aggregate, isDistinct: false, isWindow: false },
    );
  } catch (error) {
    if (error instanceof UnsupportedPart) throw analysis.error(node, error.message);
    throw error;
  }
}

const literalOf = (expression: ResolvedExpression | undefined) => (expression?.kind === 'literal' ? expression.value : undefined);
