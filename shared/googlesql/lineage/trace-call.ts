import type { CallExpression } from '../analyze/resolved-tree.ts';
import { asControl, type Flow, lengthControl, merge, NOTHING, pickElement, union } from './flow.ts';
import type { Tracer } from './tracer.ts';

const ARRAY_ACCESS = /^\$array_(SAFE_)?(OFFSET|ORDINAL)$/;

/** A call shows its arguments, computed. Conditions decide which of the others are shown; access to an array shows an element as it is. */
export function traceCall(tracer: Tracer, { name, arguments: args }: CallExpression): Flow {
  const flows = args.map((each) => tracer.expression(each));
  if (name === 'IF') return chosen(tracer, flows.slice(0, 1), flows.slice(1));
  if (name === 'CASE') return traceCase(tracer, flows);
  if (name === 'NULLIF') return chosen(tracer, flows, flows.slice(0, 1));
  if (name === '$set_field') return changedStruct(tracer, flows);
  if (ARRAY_ACCESS.test(name)) return elementOf(tracer, flows);
  return tracer.computed(merge([NOTHING, ...flows]));
}

/** Conditions and results in turn, the ELSE result last. */
function traceCase(tracer: Tracer, flows: readonly Flow[]): Flow {
  const last = flows.length - 1;
  const isCondition = (index: number): boolean => index % 2 === 0 && index < last;
  return chosen(
    tracer,
    flows.filter((_, index) => isCondition(index)),
    flows.filter((_, index) => !isCondition(index)),
  );
}

function chosen(tracer: Tracer, conditions: readonly Flow[], results: readonly Flow[]): Flow {
  for (const condition of conditions) tracer.evaluate(condition);
  const flow = tracer.computed(merge([NOTHING, ...results]));
  return { ...flow, control: union([flow.control, ...conditions.map((each) => asControl(each, 'condition'))]) };
}

function elementOf(tracer: Tracer, [array = NOTHING, position = NOTHING]: readonly Flow[]): Flow {
  tracer.evaluate(position);
  const element = pickElement(array);
  return { ...element, control: union([element.control, lengthControl(array), asControl(position, 'condition')]) };
}

/** UPDATE of a field: the struct as it is then; it fails where it was NULL before. */
function changedStruct(tracer: Tracer, [before = NOTHING, after = NOTHING]: readonly Flow[]): Flow {
  tracer.evaluate(before);
  return after;
}
