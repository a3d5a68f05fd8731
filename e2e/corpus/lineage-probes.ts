import type { Probe } from './lineage-probe.ts';
import { arrayProbes, columnProbes, conditionProbes, jsonProbes, routineProbes, structProbes } from './lineage-probes-expressions.ts';
import { groupProbes, orderProbes, windowProbes } from './lineage-probes-groups.ts';
import { leakProbes } from './lineage-probes-leaks.ts';
import { pipeProbes } from './lineage-probes-pipes.ts';
import { joinProbes, setProbes, subqueryProbes, withProbes } from './lineage-probes-queries.ts';
import { writeProbes } from './lineage-probes-writes.ts';

export const probeFamilies: Readonly<Record<string, readonly Probe[]>> = {
  columns: columnProbes,
  conditions: conditionProbes,
  structs: structProbes,
  arrays: arrayProbes,
  JSON: jsonProbes,
  joins: joinProbes,
  'set operations': setProbes,
  WITH: withProbes,
  subqueries: subqueryProbes,
  groups: groupProbes,
  windows: windowProbes,
  order: orderProbes,
  pipes: pipeProbes,
  'views and routines': routineProbes,
  writes: writeProbes,
  leaks: leakProbes,
};
