import type { WriterLeaf } from '../format.ts';
import { MAX_SILENCE_MS } from './window-file.ts';

export type Gap = { readonly from: string; readonly to: string; readonly reason: string };
export type Coverage = 'covered' | 'covered-with-gaps' | 'not-covered';

/**
 * What of [from, to] the entries do not cover. A writer that runs writes at least every 60 s; between its last entry and the next `writer-open` nothing is
 * known, however short that is.
 */
export function findGaps(entries: readonly Pick<WriterLeaf, 'at' | 'kind'>[], isFromBeginning: boolean, from: string, to: string): Gap[] {
  const gaps: Gap[] = [];
  const add = (start: string, end: string, reason: string): void => {
    const clipped = { from: start > from ? start : from, to: end < to ? end : to, reason };
    if (clipped.from < clipped.to) gaps.push(clipped);
  };
  const [first, last] = [entries[0]!, entries.at(-1)!];
  add(from, first.at, isFromBeginning ? 'the log had not begun' : 'before the entries of this file');
  entries.forEach(({ at, kind }, index) => {
    const before = entries[index - 1];
    if (before === undefined) return;
    const silence = Date.parse(at) - Date.parse(before.at);
    if (kind === 'writer-open') add(before.at, at, 'no writer ran');
    else if (silence > MAX_SILENCE_MS) add(before.at, at, `the writer was silent for ${Math.floor(silence / 1_000)} s`);
  });
  add(last.at, to, 'after the last entry of this file');
  return gaps;
}

export function coverageOf(gaps: readonly Gap[], from: string, to: string): Coverage {
  if (gaps.length === 0) return 'covered';
  const length = ({ from: start, to: end }: { readonly from: string; readonly to: string }): number => Date.parse(end) - Date.parse(start);
  const uncovered = gaps.reduce((sum, gap) => sum + length(gap), 0);
  return uncovered >= length({ from, to }) ? 'not-covered' : 'covered-with-gaps';
}
