import { EyeOff } from 'lucide-react';
import type { Cell, Column } from '../../../../shared/contract/cell.ts';
import { formatType, isNumeric } from '../../text/cell-text.ts';
import { clampWidth, type GridColumn } from '../grid/grid-column.ts';
import { ResultCell } from './result-cell.tsx';

export type ResultRow = readonly Cell[];

const PIXELS_PER_CHARACTER = 7.3;
const WIDEST_AT_FIRST = 340;

const WIDTHS: Readonly<Record<string, number>> = { BOOL: 70, BOOLEAN: 70, DATE: 96, TIMESTAMP: 220, DATETIME: 200, TIME: 120, STRING: 150 };

/** Columns of a result; widths by name, type and the first rows. */
export function toResultColumns(
  columns: readonly Column[],
  sample: readonly ResultRow[],
  sortable: boolean,
): readonly GridColumn<ResultRow>[] {
  return columns.map((column, index) => ({
    id: `${index}`,
    label: column.name,
    note: column.masked === true ? `${formatType(column)}, masked` : formatType(column),
    width: widthOf(
      column,
      sample.map((row) => row[index] ?? null),
    ),
    align: isNumeric(column) ? 'right' : 'left',
    sortable,
    render: (row) => (
      <span className="font-mono">
        {column.masked === true ? <EyeOff size={11} aria-label="masked" className="text-caution mr-1 inline" /> : null}
        <ResultCell cell={row[index] ?? null} column={column} />
      </span>
    ),
  }));
}

function widthOf(column: Column, cells: readonly Cell[]): number {
  const header = Math.max(column.name.length, Math.min(24, formatType(column).length)) * PIXELS_PER_CHARACTER;
  const lengths = cells.map((cell) => (typeof cell === 'string' ? cell.length : cell === null ? 4 : 32));
  const content = lengths.length === 0 ? (WIDTHS[column.type] ?? 110) : Math.max(...lengths) * PIXELS_PER_CHARACTER;
  return clampWidth(Math.min(WIDEST_AT_FIRST, Math.max(header, content, 40)) + 26);
}
