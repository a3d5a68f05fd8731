import type { Result } from '../../../base/result.ts';
import type { Statement } from '../../syntax/ast-statement.ts';
import { type Control, type Controls, type Source, sourceKey } from '../flow.ts';
import type { Lineage } from '../trace-lineage.ts';

/** What the rounds of a loop and the conditions of one statement found. The columns are the last round's, which has all of those before it. */
export const joinLineages = (before: Lineage, next: Lineage): Lineage => ({
  ...next,
  control: distinct([...before.control, ...next.control], ({ position, source }) => `${position} ${sourceKey(source)}`),
  evaluated: distinct([...before.evaluated, ...next.evaluated], sourceKey),
  isComplete: before.isComplete && next.isComplete,
});

const distinct = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];

/** Everything that a block's statements read, as what decides whether one of them fails. */
export function readIn(block: readonly Statement[], lineages: ReadonlyMap<Statement, Result<Lineage, string>>): Controls {
  const control = new Map<string, Control>();
  const [start, end] = [block[0]?.span.start ?? 0, block.at(-1)?.span.end ?? 0];
  for (const [{ span }, lineage] of lineages) {
    if (span.start < start || span.end > end || !lineage.ok) continue;
    for (const source of sourcesOf(lineage.value)) control.set(`branch ${sourceKey(source)}`, { source, position: 'branch' });
  }
  return control;
}

const sourcesOf = ({ columns, control, evaluated }: Lineage): Source[] => [
  ...columns.flatMap((column) => [...column.values, ...column.control]).map(({ source }) => source),
  ...control.map(({ source }) => source),
  ...evaluated,
];
