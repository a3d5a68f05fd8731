import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { clampWidth, type GridColumn, type SortState } from './grid-column.ts';

type Props<Row> = {
  readonly columns: readonly GridColumn<Row>[];
  readonly template: string;
  readonly width: number;
  readonly height: number;
  readonly sort?: SortState;
  readonly onSort?: (column: string) => void;
  readonly onResize?: (column: string, width: number) => void;
};

export function GridHeader<Row>({ columns, template, width, height, sort, onSort, onResize }: Props<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of a million rows cannot be a <table>
    <div role="rowgroup" className="sticky top-0 z-10" style={{ minWidth: width }}>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus */}
      <div
        role="row"
        aria-rowindex={1}
        className="bg-surface border-line-strong text-muted grid border-b"
        style={{ gridTemplateColumns: template, height }}
      >
        {columns.map((column) => (
          <HeaderCell
            key={column.id}
            column={column}
            direction={sort?.by === column.id ? sort.direction : undefined}
            {...(onSort === undefined || column.sortable !== true ? {} : { onSort })}
            {...(onResize === undefined ? {} : { onResize })}
          />
        ))}
      </div>
    </div>
  );
}

type CellProps<Row> = {
  readonly column: GridColumn<Row>;
  readonly direction: 'asc' | 'desc' | undefined;
  readonly onSort?: (column: string) => void;
  readonly onResize?: (column: string, width: number) => void;
};

function HeaderCell<Row>({ column, direction, onSort, onResize }: CellProps<Row>) {
  const Arrow = direction === 'desc' ? ArrowDown : ArrowUp;
  const name = (
    <span className={clsx('flex min-w-0 flex-col', column.align === 'right' ? 'items-end' : 'items-start')}>
      <span className="flex max-w-full items-center gap-1 font-medium">
        <span className="truncate">{column.label}</span>
        {direction === undefined ? null : <Arrow size={12} aria-hidden className="text-accent shrink-0" />}
      </span>
      {column.note === undefined ? null : (
        <span className="text-faint max-w-full truncate text-left font-mono text-2xs leading-3">{column.note}</span>
      )}
    </span>
  );
  const place = clsx('flex h-full w-full min-w-0 items-center px-2', column.align === 'right' && 'justify-end');
  const resizeByKey = (event: KeyboardEvent): void => {
    if (!event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
    event.preventDefault();
    onResize?.(column.id, clampWidth(column.width + (event.key === 'ArrowLeft' ? -16 : 16)));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the header row
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
    <div
      role="columnheader"
      {...(direction === undefined ? {} : { 'aria-sort': direction === 'asc' ? 'ascending' : 'descending' })}
      className="relative min-w-0"
    >
      {onSort === undefined ? (
        <div className={place}>{name}</div>
      ) : (
        <button
          type="button"
          onClick={() => onSort(column.id)}
          onKeyDown={resizeByKey}
          className={clsx(place, 'hover:text-fg -outline-offset-2')}
        >
          {name}
        </button>
      )}
      {onResize === undefined ? null : <ResizeHandle width={column.width} onResize={(width) => onResize(column.id, width)} />}
    </div>
  );
}

function ResizeHandle({ width, onResize }: { readonly width: number; readonly onResize: (width: number) => void }) {
  const onPointerDown = (down: PointerEvent<HTMLSpanElement>): void => {
    down.preventDefault();
    const handle = down.currentTarget;
    handle.setPointerCapture(down.pointerId);
    const onMove = (move: globalThis.PointerEvent): void => onResize(clampWidth(width + move.clientX - down.clientX));
    handle.addEventListener('pointermove', onMove);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', onMove), { once: true });
  };
  return (
    <span
      aria-hidden
      onPointerDown={onPointerDown}
      className="after:bg-line hover:after:bg-accent absolute top-0 right-0 z-10 flex h-full w-2 cursor-col-resize justify-end after:my-1.5 after:w-px"
    />
  );
}
