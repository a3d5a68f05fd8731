import { diffLines, diffWordsWithSpace } from 'diff';
import type { DiffLine, DiffPart, StatementDiff } from '../../../shared/contract/diff.ts';

/** What `diff` may spend on a pair of texts before it is told to give up; the texts are then shown as wholly replaced. */
const timeoutMs = 2000;

export type TextDiff = Pick<StatementDiff, 'lines' | 'summary'>;

/** Two texts line by line; lines that stand in for each other are compared word by word. */
export function diffSql(left: string, right: string): TextDiff {
  const changes = diffLines(left, right, { timeout: timeoutMs }) ?? [
    { value: left, removed: true, added: false, count: 1 },
    { value: right, removed: false, added: true, count: 1 },
  ];
  const lines: DiffLine[] = [];
  let [leftNumber, rightNumber] = [0, 0];
  for (let index = 0; index < changes.length; index++) {
    const change = changes[index]!;
    const next = changes[index + 1];
    if (change.removed && next?.added === true) {
      lines.push(...pairLines(splitLines(change.value), splitLines(next.value), leftNumber, rightNumber));
      leftNumber += splitLines(change.value).length;
      rightNumber += splitLines(next.value).length;
      index++;
      continue;
    }
    for (const text of splitLines(change.value)) {
      if (change.removed) lines.push({ kind: 'removed', leftNumber: ++leftNumber, left: [{ kind: 'removed', text }] });
      else if (change.added) lines.push({ kind: 'added', rightNumber: ++rightNumber, right: [{ kind: 'added', text }] });
      else
        lines.push({
          kind: 'same',
          leftNumber: ++leftNumber,
          rightNumber: ++rightNumber,
          left: [{ kind: 'same', text }],
          right: [{ kind: 'same', text }],
        });
    }
  }
  const count = (kind: DiffLine['kind']): number => lines.filter((line) => line.kind === kind).length;
  return { lines, summary: { added: count('added'), removed: count('removed'), changed: count('changed') } };
}

function pairLines(left: readonly string[], right: readonly string[], leftStart: number, rightStart: number): DiffLine[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index): DiffLine => {
    const [before, after] = [left[index], right[index]];
    const [leftNumber, rightNumber] = [leftStart + index + 1, rightStart + index + 1];
    if (before === undefined) return { kind: 'added', rightNumber, right: [{ kind: 'added', text: after ?? '' }] };
    if (after === undefined) return { kind: 'removed', leftNumber, left: [{ kind: 'removed', text: before }] };
    return { kind: 'changed', leftNumber, rightNumber, ...diffWords(before, after) };
  });
}

function diffWords(before: string, after: string): { left: DiffPart[]; right: DiffPart[] } {
  const parts = diffWordsWithSpace(before, after, { timeout: timeoutMs }) ?? [];
  const kindOf = (part: { added: boolean; removed: boolean }): DiffPart['kind'] =>
    part.added ? 'added' : part.removed ? 'removed' : 'same';
  const all = parts.length === 0 ? [] : parts.map((part): DiffPart => ({ kind: kindOf(part), text: part.value }));
  if (all.length === 0) return { left: [{ kind: 'removed', text: before }], right: [{ kind: 'added', text: after }] };
  return { left: all.filter(({ kind }) => kind !== 'added'), right: all.filter(({ kind }) => kind !== 'removed') };
}

const splitLines = (text: string): string[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
