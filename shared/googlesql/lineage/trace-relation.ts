import type { Relation, UnnestRelation } from '../analyze/resolved-tree.ts';
import { asControl, type Controls, merge, NO_CONTROL, NOTHING, pickElement, union } from './flow.ts';
import { keysAsControl } from './trace-expression.ts';
import type { Tracer } from './tracer.ts';

/** Defines the flows of a relation's columns, and returns what decides about its rows. */
export function traceRelation(tracer: Tracer, relation: Relation): Controls {
  switch (relation.kind) {
    case 'single-row':
      return NO_CONTROL;
    case 'table':
      tracer.defineTable(relation.table, relation.columns);
      return NO_CONTROL;
    case 'cte': {
      const { columns, rows } = tracer.cte(relation.cte);
      for (const [index, column] of relation.columns.entries()) tracer.define(column, columns[index] ?? NOTHING);
      return rows;
    }
    case 'unnest':
      return traceUnnest(tracer, relation);
    case 'join': {
      const inputs = [tracer.relation(relation.left), tracer.relation(relation.right)];
      return union([...inputs, relation.on ? asControl(tracer.expression(relation.on), 'join') : NO_CONTROL]);
    }
    case 'filter':
      return union([tracer.relation(relation.input), asControl(tracer.expression(relation.condition), 'filter')]);
    case 'project': {
      const rows = tracer.relation(relation.input);
      for (const { column, expression } of relation.computed) tracer.define(column, tracer.expression(expression));
      return rows;
    }
    case 'aggregate': {
      const rows = tracer.relation(relation.input);
      for (const { column, expression } of [...relation.groupBy, ...relation.aggregates])
        tracer.define(column, tracer.expression(expression));
      return union([rows, ...relation.groupBy.map(({ column }) => asControl(tracer.flowOf(column), 'group'))]);
    }
    case 'distinct': {
      const rows = tracer.relation(relation.input);
      return union([rows, ...relation.columns.map((column) => asControl(tracer.flowOf(column), 'distinct'))]);
    }
    case 'sort':
      return union([tracer.relation(relation.input), ...keysAsControl(tracer, relation.keys, 'order')]);
    case 'limit': {
      const rows = tracer.relation(relation.input);
      const bounds = [relation.count, relation.offset].flatMap((each) => (each ? [asControl(tracer.expression(each), 'limit')] : []));
      return union([rows, ...bounds]);
    }
    case 'set':
      return traceSet(tracer, relation);
    case 'with':
      return tracer.relation(relation.body);
    case 'sample':
      return tracer.relation(relation.input);
    default:
      // A kind of relation that came later than this code.
      tracer.isComplete = false;
      return NO_CONTROL;
  }
}

function traceUnnest(tracer: Tracer, relation: UnnestRelation): Controls {
  const rows = [relation.input ? tracer.relation(relation.input) : NO_CONTROL];
  for (const { expression, column } of relation.arrays) {
    const array = tracer.expression(expression);
    rows.push(asControl({ ...array, control: NO_CONTROL }, 'unnest'), array.control);
    tracer.define(column, { ...pickElement(array), control: NO_CONTROL });
  }
  if (relation.offset) tracer.define(relation.offset, NOTHING);
  return union(rows);
}

/** UNION ALL only puts rows together; the other operators compare them. */
function traceSet(tracer: Tracer, relation: Extract<Relation, { kind: 'set' }>): Controls {
  const rows: Controls[] = [];
  const inputs = relation.inputs.map(({ relation: input, expressions }) => {
    rows.push(tracer.relation(input));
    return expressions.map((each) => tracer.expression(each));
  });
  for (const [index, column] of relation.columns.entries()) {
    const flow = merge([NOTHING, ...inputs.map((flows) => flows[index] ?? NOTHING)]);
    tracer.define(column, flow);
    if (relation.operator !== 'UNION' || !relation.isAll) rows.push(asControl(flow, 'distinct'));
  }
  return union(rows);
}
