import { X } from 'lucide-react';
import type { Cell, Column } from '../../../../shared/contract/cell.ts';
import { formatType, toCellText, toRowJson } from '../../text/cell-text.ts';
import { formatCount } from '../../text/format.ts';
import { IconButton } from '../button.tsx';
import { CopyButton } from '../copy-button.tsx';
import { EvidenceText } from '../evidence-text.tsx';
import { ScrollRegion } from '../scroll-region.tsx';
import { CellTree } from './cell-tree.tsx';

type Props = {
  readonly row: readonly Cell[];
  readonly columns: readonly Column[];
  readonly cursorColumn: number;
  readonly rowNumber: number;
  readonly onClose: () => void;
};

/** The value under the cursor, whole, and the rest of its row. */
export function CellInspector({ row, columns, cursorColumn, rowNumber, onClose }: Props) {
  const column = columns[cursorColumn];
  if (column === undefined) return null;
  const cell = row[cursorColumn] ?? null;
  return (
    <aside aria-label="Value" className="border-line bg-surface flex w-80 shrink-0 flex-col border-l">
      <header className="border-line flex items-center gap-2 border-b py-1 pr-1 pl-3">
        <div className="min-w-0 flex-1">
          <EvidenceText text={column.name} className="block truncate font-medium" />
          <p className="text-muted truncate font-mono text-2xs">
            {formatType(column)}, row {formatCount(rowNumber)}
          </p>
        </div>
        <CopyButton text={toCellText(cell, column)} label="Copy value" />
        <IconButton icon={X} label="Close" onClick={onClose} />
      </header>
      <ScrollRegion label="Whole value" className="min-h-0 flex-1 p-3 font-mono text-xs">
        <CellTree cell={cell} column={column} />
      </ScrollRegion>
      <footer className="border-line text-muted flex items-center justify-between border-t py-1 pr-1 pl-3 text-xs">
        Row as JSON <CopyButton text={toRowJson(row, columns)} label="Copy row" />
      </footer>
    </aside>
  );
}
