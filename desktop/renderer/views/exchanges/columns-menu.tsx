import { Menu } from '@base-ui/react/menu';
import { ArrowLeft, ArrowRight, Check, Columns3, RotateCcw } from 'lucide-react';
import type { MouseEvent } from 'react';
import { type ColumnState, NO_COLUMN_STATE } from '../../store/exchanges-slice.ts';
import { useReview } from '../../store/review-context.tsx';
import { Button } from '../../widgets/button.tsx';
import { moveColumn, orderColumns } from '../../widgets/grid/grid-column.ts';
import { EXCHANGE_COLUMNS } from './exchange-columns.tsx';

/** Which columns are shown, and in which order. */
export function ColumnsMenu() {
  const columns = useReview((state) => state.columns);
  const setColumns = useReview((state) => state.setColumns);
  const ordered = orderColumns(EXCHANGE_COLUMNS, columns.order);
  return (
    <Menu.Root>
      <Menu.Trigger render={<Button icon={Columns3}>Columns</Button>} />
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="z-40">
          <Menu.Popup className="bg-raised border-line-strong shadow-popup max-h-[70vh] w-64 overflow-auto rounded-lg border p-1 outline-none">
            {ordered.map(({ id, label }) => (
              <ColumnItem key={id} id={id} label={label} columns={columns} setColumns={setColumns} />
            ))}
            <Menu.Separator className="bg-line my-1 h-px" />
            <Menu.Item
              onClick={() => setColumns(NO_COLUMN_STATE)}
              className="data-highlighted:bg-selected flex h-7 items-center gap-2 rounded px-2 outline-none"
            >
              <RotateCcw size={13} aria-hidden /> Back to the first choice
            </Menu.Item>
            <p className="text-faint px-2 py-1 text-2xs">← and → move a column. Drag a column's edge to resize it.</p>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

type ItemProps = {
  readonly id: string;
  readonly label: string;
  readonly columns: ColumnState;
  readonly setColumns: (columns: ColumnState) => void;
};

function ColumnItem({ id, label, columns, setColumns }: ItemProps) {
  const shown = !columns.hidden.includes(id);
  const toggle = (): void =>
    setColumns({ ...columns, hidden: shown ? [...columns.hidden, id] : columns.hidden.filter((each) => each !== id) });
  const move = (by: -1 | 1): void => setColumns({ ...columns, order: moveColumn(orderColumns(EXCHANGE_COLUMNS, columns.order), id, by) });
  const press = (event: MouseEvent, by: -1 | 1): void => {
    event.stopPropagation();
    move(by);
  };
  return (
    <Menu.CheckboxItem
      checked={shown}
      onCheckedChange={toggle}
      closeOnClick={false}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') move(-1);
        if (event.key === 'ArrowRight') move(1);
      }}
      className="group data-highlighted:bg-selected flex h-7 items-center gap-2 rounded px-2 outline-none"
    >
      <span className="w-3.5">
        <Menu.CheckboxItemIndicator>
          <Check size={13} aria-hidden className="text-accent" />
        </Menu.CheckboxItemIndicator>
      </span>
      {label === '#' ? 'Number' : label}
      <span className="text-faint ml-auto hidden gap-1 group-data-highlighted:flex" aria-hidden>
        <ArrowLeft size={13} onClick={(event) => press(event, -1)} />
        <ArrowRight size={13} onClick={(event) => press(event, 1)} />
      </span>
    </Menu.CheckboxItem>
  );
}
