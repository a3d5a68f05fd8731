import type { AggregateExpression, ResolvedExpression, SortKey, SubqueryExpression, WindowExpression } from '../analyze/resolved-tree.ts';
import { asControl, type Flow, merge, NOTHING, pickField, put, through, union } from './flow.ts';
import type { Tracer } from './tracer.ts';

/** Where an expression's value comes from. */
export function traceExpression(tracer: Tracer, expression: ResolvedExpression): Flow {
  switch (expression.kind) {
    case 'literal':
      return NOTHING;
    case 'column':
      return tracer.flowOf(expression.column);
    case 'sql':
      // A parameter is no column; a script's variable may hold anything.
      return expression.isParameter || expression.sql === '' ? NOTHING : tracer.unknown();
    case 'call':
      return through(merge([NOTHING, ...expression.arguments.map((each) => tracer.expression(each))]), 'computed');
    case 'cast': {
      const operands = [expression.operand, expression.format, expression.timeZone].filter((each) => each !== undefined);
      return through(merge([NOTHING, ...operands.map((each) => tracer.expression(each))]), 'computed');
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
    ...[expression.where, expression.having?.expression].flatMap((each) => (each ? [asControl(tracer.expression(each), 'filter')] : [])),
    ...(expression.limit ? [asControl(tracer.expression(expression.limit), 'limit')] : []),
  ];
  const flow = through(given, 'aggregated');
  return { ...flow, control: union([flow.control, ...control]) };
}

function traceWindow(tracer: Tracer, { call, partitionBy, orderBy }: WindowExpression): Flow {
  const flow = traceAggregate(tracer, call);
  const partition = partitionBy.map((each) => asControl(tracer.expression(each), 'window'));
  return { ...flow, control: union([flow.control, ...partition, ...keysAsControl(tracer, orderBy, 'window')]) };
}

export const keysAsControl = (tracer: Tracer, keys: readonly SortKey[], position: 'order' | 'window') =>
  keys.map(({ expression }) => asControl(tracer.expression(expression), position));
