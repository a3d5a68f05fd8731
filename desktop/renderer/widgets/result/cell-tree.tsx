import type { ReactNode } from 'react';
import type { Cell, Column } from '../../../../shared/contract/cell.ts';
import { EvidenceText } from '../evidence-text.tsx';
import { ResultCell } from './result-cell.tsx';

type Props = { readonly cell: Cell; readonly column: Column; readonly name?: string };

/** Children of one list or struct that are drawn at once. */
const MOST_CHILDREN = 500;

/** A value with its parts, each of which folds. */
export function CellTree({ cell, column, name }: Props) {
  if (cell === null || cell === '') return <Leaf name={name}>{<ResultCell cell={cell} column={column} />}</Leaf>;
  if (typeof cell === 'string')
    return (
      <Leaf name={name}>
        <EvidenceText text={cell} layout="block" className="break-words" />
      </Leaf>
    );
  const parts = 'list' in cell ? listParts(cell.list, column) : structParts(cell.struct, column);
  return (
    <details open>
      <summary className="hover:bg-hover rounded">
        {name === undefined ? null : <EvidenceText text={`${name} `} className="text-accent" />}
        <span className="text-faint">{'list' in cell ? `${cell.list.length} elements` : `${cell.struct.length} fields`}</span>
      </summary>
      <div className="border-line ml-1 border-l pl-3">
        {parts.slice(0, MOST_CHILDREN).map((part) => (
          <CellTree key={part.name} {...part} />
        ))}
        {parts.length > MOST_CHILDREN ? (
          <p className="text-faint">and {parts.length - MOST_CHILDREN} more: copy the value to see all</p>
        ) : null}
      </div>
    </details>
  );
}

const listParts = (cells: readonly Cell[], column: Column) =>
  cells.map((cell, index) => ({ name: `${index}`, cell, column: { ...column, mode: 'NULLABLE' as const } }));

const structParts = (cells: readonly Cell[], column: Column) =>
  cells.map((cell, index) => {
    const field = column.fields?.[index] ?? { name: `_field_${index + 1}`, type: '', mode: 'NULLABLE' as const, engineType: '' };
    return { name: field.name, cell, column: field };
  });

const Leaf = ({ name, children }: { readonly name: string | undefined; readonly children: ReactNode }) => (
  <div className="py-px">
    {name === undefined ? null : <EvidenceText text={`${name} `} className="text-accent" />}
    {children}
  </div>
);
