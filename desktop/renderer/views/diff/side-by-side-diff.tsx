import { clsx } from 'clsx';
import type { DiffLine, DiffPart } from '../../../../shared/contract/diff.ts';
import { DiffParts } from './diff-parts.tsx';

const GROUNDS = { none: 'bg-sunken', same: '', added: 'bg-added-soft', removed: 'bg-removed-soft' } as const;

/** Left and right in one table, line against line. */
export function SideBySideDiff({ lines }: { readonly lines: readonly DiffLine[] }) {
  return (
    <table
      aria-label="Statements side by side"
      className="border-line bg-surface w-full table-fixed border-separate border-spacing-0 overflow-hidden rounded-lg border font-mono text-xs"
    >
      <colgroup>
        <col className="w-16" />
        <col />
        <col className="w-16" />
        <col />
      </colgroup>
      <tbody>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never move
          <tr key={index} className="align-top">
            <Side
              number={line.leftNumber}
              parts={line.left}
              ground={line.left === undefined ? 'none' : line.kind === 'same' ? 'same' : 'removed'}
            />
            <Side
              number={line.rightNumber}
              parts={line.right}
              ground={line.right === undefined ? 'none' : line.kind === 'same' ? 'same' : 'added'}
              divided
            />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const SIGNS = { none: '', same: ' ', added: '+', removed: '−' } as const;

type SideProps = {
  readonly number: number | undefined;
  readonly parts: readonly DiffPart[] | undefined;
  readonly ground: keyof typeof GROUNDS;
  readonly divided?: boolean;
};

function Side({ number, parts, ground, divided = false }: SideProps) {
  return (
    <>
      <td className={clsx('text-muted py-px pr-2 text-right select-none', GROUNDS[ground], divided && 'border-line border-l')}>
        {number} <span className="inline-block w-2">{SIGNS[ground]}</span>
      </td>
      <td className={clsx('py-px pr-3 break-words whitespace-pre-wrap', GROUNDS[ground])}>
        <DiffParts parts={parts} />
      </td>
    </>
  );
}
