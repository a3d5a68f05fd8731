import { clsx } from 'clsx';
import { type KeyboardEvent, memo, type ReactNode, useEffect, useId, useState } from 'react';
import { type GridColumn, type SortState, toTemplate } from './grid-column.ts';
import { GridHeader } from './grid-header.tsx';
import { moveCursor } from './grid-keys.ts';
import { useRowWindow } from './use-row-window.ts';

/** Rows of any number, of which only those on screen are asked for. */
export type GridRows<Row> = {
  readonly total: number;
  readonly rowAt: (index: number) => Row | undefined;
  readonly want: (first: number, last: number) => void;
};

type Props<Row> = {
  readonly label: string;
  readonly columns: readonly GridColumn<Row>[];
  readonly rows: GridRows<Row>;
  readonly cursor: number;
  readonly onCursor: (index: number) => void;
  readonly onOpen?: (row: Row, index: number) => void;
  readonly onKey?: (event: KeyboardEvent, row: Row | undefined, index: number) => void;
  /** The column under the cursor, where cells matter. */
  readonly cursorColumn?: number;
  readonly onCursorColumn?: (column: number) => void;
  readonly sort?: SortState;
  readonly onSort?: (column: string) => void;
  readonly onResize?: (column: string, width: number) => void;
  readonly rowTone?: (row: Row) => string | undefined;
  readonly autoFocus?: boolean;
};

const ROW_HEIGHT = 28;

export function DataGrid<Row>(props: Props<Row>) {
  const { label, columns, rows, cursor, onCursor, cursorColumn, autoFocus = false } = props;
  const id = useId();
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const hasNotes = columns.some((column) => column.note !== undefined);
  const headerHeight = hasNotes ? 40 : 29;
  const window = useRowWindow(element, { count: rows.total, rowHeight: ROW_HEIGHT, headerHeight });
  const { first, last, show } = window;
  const template = toTemplate(columns);
  const width = columns.reduce((sum, column) => sum + column.width, 0);

  useEffect(() => rows.want(first, last), [rows, first, last]);
  useEffect(() => show(cursor), [show, cursor]);
  // Also when the grid got narrower: what is inspected stays in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: resizing a column must not scroll
  useEffect(() => {
    if (element !== null && cursorColumn !== undefined) showColumn(element, columns, cursorColumn);
  }, [element, cursorColumn, window.viewWidth]);
  useEffect(() => {
    if (autoFocus && document.activeElement === document.body) element?.focus({ preventScroll: true });
  }, [element, autoFocus]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.altKey) return;
    const modified = event.ctrlKey || event.metaKey;
    const next =
      modified && !['Home', 'End'].includes(event.key)
        ? undefined
        : moveCursor(event.key, cursor, rows.total, Math.floor(window.viewHeight / ROW_HEIGHT));
    const row = rows.rowAt(cursor);
    if (next !== undefined) {
      event.preventDefault();
      onCursor(next);
    } else if (event.key === 'Enter' && row !== undefined) props.onOpen?.(row, cursor);
    else if (cursorColumn !== undefined && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault();
      moveColumn(cursorColumn + (event.key === 'ArrowLeft' ? -1 : 1));
    } else props.onKey?.(event, row, cursor);
  }

  const moveColumn = (to: number): void => props.onCursorColumn?.(Math.max(0, Math.min(columns.length - 1, to)));

  const shown = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of a million rows cannot be a <table>
    <div
      ref={setElement}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.total + 1}
      aria-colcount={columns.length}
      aria-activedescendant={rows.total === 0 ? undefined : `${id}-${cursor}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      data-print="flow"
      className="group/grid bg-surface relative min-h-0 flex-1 overflow-auto text-xs outline-none"
    >
      <GridHeader
        columns={columns}
        template={template}
        width={width}
        height={headerHeight}
        {...(props.sort === undefined ? {} : { sort: props.sort })}
        {...(props.onSort === undefined ? {} : { onSort: props.onSort })}
        {...(props.onResize === undefined ? {} : { onResize: props.onResize })}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
      <div role="rowgroup" className="relative" style={{ height: window.height, minWidth: width }}>
        <div role="presentation" className="absolute top-0 left-0 w-full" style={{ transform: `translateY(${window.top}px)` }}>
          {shown.map((index) => {
            const row = rows.rowAt(index);
            return (
              <GridRow
                key={index}
                id={`${id}-${index}`}
                index={index}
                row={row}
                columns={columns}
                template={template}
                current={index === cursor}
                cursorColumn={index === cursor ? cursorColumn : undefined}
                tone={row === undefined ? undefined : props.rowTone?.(row)}
                onCursor={onCursor}
                onCursorColumn={props.onCursorColumn}
                onOpen={props.onOpen}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function showColumn(element: HTMLElement, columns: readonly { readonly width: number }[], column: number): void {
  const left = columns.slice(0, column).reduce((sum, each) => sum + each.width, 0);
  const right = left + (columns[column]?.width ?? 0);
  if (left < element.scrollLeft) element.scrollLeft = left;
  else if (right > element.scrollLeft + element.clientWidth) element.scrollLeft = Math.min(left, right - element.clientWidth);
}

type RowProps<Row> = {
  readonly id: string;
  readonly index: number;
  readonly row: Row | undefined;
  readonly columns: readonly GridColumn<Row>[];
  readonly template: string;
  readonly current: boolean;
  readonly cursorColumn: number | undefined;
  readonly tone: string | undefined;
  readonly onCursor: (index: number) => void;
  readonly onCursorColumn: ((column: number) => void) | undefined;
  readonly onOpen: ((row: Row, index: number) => void) | undefined;
};

function PlainGridRow<Row>({
  id,
  index,
  row,
  columns,
  template,
  current,
  cursorColumn,
  tone,
  onCursor,
  onCursorColumn,
  onOpen,
}: RowProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles keys for all of its rows
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus (aria-activedescendant)
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={current}
      onClick={() => onCursor(index)}
      onContextMenu={() => onCursor(index)}
      onDoubleClick={() => row !== undefined && onOpen?.(row, index)}
      className={clsx(
        'border-line hover:bg-hover aria-selected:bg-selected grid h-7 cursor-default items-center border-b whitespace-nowrap [contain:strict]',
        'group-focus-visible/grid:aria-selected:shadow-[inset_2px_0_0_var(--focus)]',
        tone,
      )}
      style={{ gridTemplateColumns: template }}
    >
      {columns.map((column, place) => (
        <GridCell
          key={column.id}
          right={column.align === 'right'}
          current={place === cursorColumn}
          onPress={onCursorColumn && (() => onCursorColumn(place))}
        >
          {row === undefined ? <span className="bg-sunken inline-block h-2.5 w-2/3 rounded" /> : column.render(row, index)}
        </GridCell>
      ))}
    </div>
  );
}

const GridRow = memo(PlainGridRow) as typeof PlainGridRow;

type CellProps = {
  readonly right: boolean;
  readonly current: boolean;
  readonly onPress: (() => void) | undefined;
  readonly children: ReactNode;
};

function GridCell({ right, current, onPress, children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus (aria-activedescendant)
    <div
      role="gridcell"
      onPointerDown={onPress}
      className={clsx('h-7 truncate px-2 leading-7', right && 'text-right', current && 'shadow-[inset_0_0_0_2px_var(--focus)]')}
    >
      {children}
    </div>
  );
}
