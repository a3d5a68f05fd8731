import { clsx } from 'clsx';
import type { DiffLine, DiffPart } from '../../../../shared/contract/diff.ts';
import { DiffParts } from './diff-parts.tsx';

type InlineRow = {
  readonly sign: ' ' | '−' | '+';
  readonly left?: number | undefined;
  readonly right?: number | undefined;
  readonly parts: readonly DiffPart[] | undefined;
};

/** A changed line becomes its old and its new form, one under the other. */
export function toInlineRows(lines: readonly DiffLine[]): readonly InlineRow[] {
  return lines.flatMap((line): readonly InlineRow[] => {
    if (line.kind === 'same') return [{ sign: ' ', left: line.leftNumber, right: line.rightNumber, parts: line.left ?? line.right }];
    const removed: InlineRow = { sign: '−', left: line.leftNumber, parts: line.left };
    const added: InlineRow = { sign: '+', right: line.rightNumber, parts: line.right };
    return [...(line.left === undefined ? [] : [removed]), ...(line.right === undefined ? [] : [added])];
  });
}

const GROUNDS = { ' ': '', '+': 'bg-added-soft', '−': 'bg-removed-soft' } as const;

export function InlineDiff({ lines }: { readonly lines: readonly DiffLine[] }) {
  return (
    <table
      aria-label="Statements inline"
      className="border-line bg-surface w-full table-fixed border-separate border-spacing-0 overflow-hidden rounded-lg border font-mono text-xs"
    >
      <colgroup>
        <col className="w-12" />
        <col className="w-12" />
        <col className="w-6" />
        <col />
      </colgroup>
      <tbody>
        {toInlineRows(lines).map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never move
          <tr key={index} className={clsx('align-top', GROUNDS[row.sign])}>
            <td className="text-muted py-px pr-2 text-right select-none">{row.left}</td>
            <td className="text-muted py-px pr-2 text-right select-none">{row.right}</td>
            <td className="text-muted text-center select-none">{row.sign}</td>
            <td className="py-px pr-3 break-words whitespace-pre-wrap">
              <DiffParts parts={row.parts} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
