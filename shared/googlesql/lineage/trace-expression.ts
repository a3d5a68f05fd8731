import type { AggregateExpression, ResolvedExpression, SortKey, SubqueryExpression, WindowExpression } from '../analyze/resolved-tree.ts';
import { asControl, type Controls, type Flow, merge, NOTHING, pickField, put, through, union } from './flow.ts';
import { traceCall } from './trace-call.ts';
import type { Tracer } from './tracer.ts';

/** Where an expression's value comes from. */
export function traceExpression(tracer: Tracer, expression: ResolvedExpression): Flow {
  switch (expression.kind) {
    case 'literal':
      return NOTHING;
    case 'column':
      return tracer.flowOf(expression.column);
    case 'sql':
      // A parameter is no column, nor is an argument that is left out.
      return expression.isParameter || expression.sql === '' ? NOTHING : tracer.variable(expression.sql);
    case 'call':
      return traceCall(tracer, expression);
    case 'cast': {
      const operands = [expression.operand, expression.format, expression.timeZone].filter((each) => each !== undefined);
      return tracer.computed(merge([NOTHING, ...operands.map((each) => tracer.expression(each))]));
    }
    case 'lambda':
      // The parameters stand for elements of an array that is an argument of the same call.
      for (const parameter of expression.parameters) tracer.define(parameter, NOTHING);
      return tracer.expression(expression.body);
    case 'field':
      return traceField(tracer, expression.operand, expression.index);
    case 'struct':
      return merge([NOTHING, ...expression.fields.map((field, index) => put(tracer.expression(field), index))]);
    case 'array':
      return merge([NOTHING, ...expression.elements.map((element) => put(tracer.expression(element), '[]'))]);
    case 'subquery':
      return traceSubquery(tracer, expression);
    case 'aggregate':
      return traceAggregate(tracer, expression);
    case 'window':
      return traceWindow(tracer, expression);
    case 'grouping':
      return { ...NOTHING, control: asControl(tracer.expression(expression.argument), 'group') };
    default:
      return tracer.unknown();
  }
}

function traceField(tracer: Tracer, operand: ResolvedExpression, index: number): Flow {
  const name = operand.type.kind === 'STRUCT' ? operand.type.fields[index]?.name : undefined;
  return pickField(tracer.expression(operand), index, name);
}

function traceSubquery(tracer: Tracer, { form, query }: SubqueryExpression): Flow {
  const { columns, rows } = tracer.query(query);
  if (form === 'exists') return { ...NOTHING, control: rows };
  const flow = merge([NOTHING, ...columns]);
  const value = form === 'scalar' ? flow : put(flow, '[]');
  return { ...value, control: union([value.control, rows]) };
}

function traceAggregate(tracer: Tracer, expression: AggregateExpression): Flow {
  const given = merge([NOTHING, ...expression.arguments.map((each) => tracer.expression(each))]);
  const control = [
    ...(expression.isDistinct ? [asControl(given, 'distinct')] : []),
    ...keysAsControl(tracer, expression.orderBy, 'order'),
    ...[expression.where, expression.having?.expression].map((each) => partAsControl(tracer, each, 'filter')),
    partAsControl(tracer, expression.limit, 'limit'),
  ];
  tracer.evaluate(given);
  const flow = through(given, 'aggregated');
  return { ...flow, control: union([flow.control, ...control]) };
}

function traceWindow(tracer: Tracer, { call, partitionBy, orderBy, frame }: WindowExpression): Flow {
  const flow = traceAggregate(tracer, call);
  const parts = [...partitionBy, frame?.start.offset, frame?.end.offset].map((each) => partAsControl(tracer, each, 'window'));
  return { ...flow, control: union([flow.control, ...parts, ...keysAsControl(tracer, orderBy, 'window')]) };
}

/** What a part of a clause decides; nothing where it is absent. */
export const partAsControl = (
  tracer: Tracer,
  part: ResolvedExpression | undefined,
  position: 'filter' | 'limit' | 'window' | 'sample' | 'join',
): Controls => (part ? asControl(tracer.expression(part), position) : NOTHING.control);

export const keysAsControl = (tracer: Tracer, keys: readonly SortKey[], position: 'order' | 'window') =>
  keys.map(({ expression }) => asControl(tracer.expression(expression), position));
