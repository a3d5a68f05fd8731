import type { Cell, Column } from '../../../../shared/contract/cell.ts';
import { toCellJson } from '../../text/cell-text.ts';
import { EvidenceText } from '../evidence-text.tsx';

/** Long values are cut in the grid only; the inspector has them whole. */
const MOST_CHARACTERS = 400;

/** NULL, the empty text and the word "NULL" look different. */
export function ResultCell({ cell, column }: { readonly cell: Cell; readonly column: Column }) {
  if (cell === null) return <span className="text-faint font-sans text-2xs italic">NULL</span>;
  if (cell === '') return <span className="text-faint font-sans text-2xs italic">empty</span>;
  if (typeof cell === 'string') return <EvidenceText text={cut(cell)} {...(column.masked === true ? { className: 'text-muted' } : {})} />;
  return (
    <>
      {'list' in cell ? <span className="text-faint">{cell.list.length} × </span> : null}
      <EvidenceText text={cut(toCellJson(cell, column))} />
    </>
  );
}

const cut = (text: string): string => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);
