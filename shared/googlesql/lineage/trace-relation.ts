import type { Relation, UnnestRelation } from '../analyze/resolved-tree.ts';
import { asControl, type Controls, lengthControl, merge, NO_CONTROL, NOTHING, pickElement, union } from './flow.ts';
import { keysAsControl, partAsControl } from './trace-expression.ts';
import type { Tracer } from './tracer.ts';

/** Defines the flows of a relation's columns, and returns what decides about its rows. */
export function traceRelation(tracer: Tracer, relation: Relation): Controls {
  switch (relation.kind) {
    case 'single-row':
      return NO_CONTROL;
    case 'table':
      return tracer.defineTable(relation.table, relation.columns);
    case 'view':
      return tracer.defineView(relation);
    case 'cte': {
      const { columns, rows } = tracer.cte(relation.cte);
      for (const [index, column] of relation.columns.entries()) tracer.define(column, columns[index] ?? tracer.unknown());
      return rows;
    }
    case 'unnest':
      return traceUnnest(tracer, relation);
    case 'join': {
      const inputs = [tracer.relation(relation.left), tracer.relation(relation.right)];
      return union([...inputs, partAsControl(tracer, relation.on, 'join')]);
    }
    case 'filter':
      return union([tracer.relation(relation.input), partAsControl(tracer, relation.condition, 'filter')]);
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
      return union([rows, ...[relation.count, relation.offset].map((each) => partAsControl(tracer, each, 'limit'))]);
    }
    case 'set':
      return traceSet(tracer, relation);
    case 'with':
      for (const cte of relation.ctes) tracer.prepare(cte);
      return tracer.relation(relation.body);
    case 'sample': {
      const rows = tracer.relation(relation.input);
      return union([rows, ...[relation.percent, relation.rows].map((each) => partAsControl(tracer, each, 'sample'))]);
    }
    default:
      // A kind of relation that came later than this code.
      tracer.unknown();
      return NO_CONTROL;
  }
}

function traceUnnest(tracer: Tracer, relation: UnnestRelation): Controls {
  const rows = [relation.input ? tracer.relation(relation.input) : NO_CONTROL];
  for (const { expression, column } of relation.arrays) {
    const array = tracer.expression(expression);
    rows.push(lengthControl(array));
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
    const flow = merge([NOTHING, ...inputs.map((flows) => flows[index] ?? tracer.unknown())]);
    tracer.define(column, flow);
    if (relation.operator !== 'UNION' || !relation.isAll) rows.push(asControl(flow, 'distinct'));
  }
  return union(rows);
}
