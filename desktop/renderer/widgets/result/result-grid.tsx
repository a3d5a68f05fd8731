import { type KeyboardEvent, useMemo, useState } from 'react';
import type { Column } from '../../../../shared/contract/cell.ts';
import { toCellText, toRowJson } from '../../text/cell-text.ts';
import { copyText } from '../copy-button.tsx';
import { DataGrid, type GridRows } from '../grid/data-grid.tsx';
import type { SortState } from '../grid/grid-column.ts';
import { CellInspector } from './cell-inspector.tsx';
import { type ResultRow, toResultColumns } from './result-columns.tsx';

type Props = {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: GridRows<ResultRow>;
  readonly sort?: SortState;
  /** By index of the column. */
  readonly onSort?: (column: string) => void;
};

const SAMPLED_ROWS = 40;

/** Rows of a result with a cell cursor; Enter (or a double click) shows the whole value beside the grid. */
export function ResultGrid({ label, columns, rows, sort, onSort }: Props) {
  const [cursor, setCursor] = useState(0);
  const [cursorColumn, setCursorColumn] = useState(0);
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({});
  const [inspecting, setInspecting] = useState(false);
  const hasFirstRow = rows.rowAt(0) !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths are guessed once, from the first rows that arrive
  const guessed = useMemo(() => {
    const sample = Array.from({ length: Math.min(SAMPLED_ROWS, rows.total) }, (_, index) => rows.rowAt(index));
    return toResultColumns(
      columns,
      sample.filter((row) => row !== undefined),
      onSort !== undefined,
    );
  }, [columns, hasFirstRow]);
  const shown = useMemo(() => guessed.map((column) => ({ ...column, width: widths[column.id] ?? column.width })), [guessed, widths]);
  const row = rows.rowAt(Math.min(cursor, rows.total - 1));
  const column = columns[cursorColumn];

  function onKey(event: KeyboardEvent): void {
    if (row === undefined || column === undefined) return;
    if (event.key === 'Escape' && inspecting) setInspecting(false);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c')
      void copyText(event.shiftKey ? toRowJson(row, columns) : toCellText(row[cursorColumn] ?? null, column));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div data-print="flow" className="flex min-h-0 flex-1">
      <DataGrid
        label={label}
        columns={shown}
        rows={rows}
        cursor={Math.min(cursor, Math.max(0, rows.total - 1))}
        onCursor={setCursor}
        cursorColumn={cursorColumn}
        onCursorColumn={setCursorColumn}
        onOpen={() => setInspecting(true)}
        onKey={onKey}
        onResize={(id, width) => setWidths({ ...widths, [id]: width })}
        {...(sort === undefined ? {} : { sort })}
        {...(onSort === undefined ? {} : { onSort })}
      />
      {inspecting && row !== undefined && column !== undefined ? (
        <CellInspector
          row={row}
          columns={columns}
          cursorColumn={cursorColumn}
          rowNumber={cursor + 1}
          onClose={() => setInspecting(false)}
        />
      ) : null}
    </div>
  );
}
