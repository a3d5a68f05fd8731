import type { ReactNode } from 'react';

export type GridColumn<Row> = {
  readonly id: string;
  readonly label: string;
  /** More about the column, below its name: a type. */
  readonly note?: string;
  readonly width: number;
  /** Takes the room that is left. */
  readonly grows?: boolean;
  readonly align?: 'left' | 'right';
  readonly sortable?: boolean;
  readonly render: (row: Row, index: number) => ReactNode;
};

export type SortState = { readonly by: string; readonly direction: 'asc' | 'desc' };

export type ColumnChoice = {
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
};

const NARROWEST = 48;
const WIDEST = 1600;

/** One track a column; without one that grows, an empty track takes the room that is left. */
export function toTemplate<Row>(columns: readonly GridColumn<Row>[]): string {
  const tracks = columns.map(({ width, grows }) => (grows === true ? `minmax(${width}px, 1fr)` : `${width}px`));
  return [...tracks, ...(columns.some((column) => column.grows === true) ? [] : ['minmax(0, 1fr)'])].join(' ');
}

/** All columns in the chosen order; those the choice does not know keep their place behind their predecessor. */
export function orderColumns<Column extends { readonly id: string }>(
  columns: readonly Column[],
  order: readonly string[],
): readonly Column[] {
  const ordered = order.flatMap((id) => columns.find((column) => column.id === id) ?? []);
  for (const [index, column] of columns.entries()) {
    if (order.includes(column.id)) continue;
    const before = ordered.findIndex((each) => each.id === columns[index - 1]?.id);
    ordered.splice(before + 1, 0, column);
  }
  return ordered;
}

/** The columns on screen, with their widths. */
export function applyChoice<Row>(columns: readonly GridColumn<Row>[], choice: ColumnChoice): readonly GridColumn<Row>[] {
  return orderColumns(columns, choice.order)
    .filter((column) => !choice.hidden.includes(column.id))
    .map((column) => {
      const width = choice.widths[column.id];
      return width === undefined ? column : { ...column, width, grows: false };
    });
}

export const clampWidth = (width: number): number => Math.round(Math.max(NARROWEST, Math.min(WIDEST, width)));

/** Moves a column by one place among those that are shown. */
export function moveColumn(columns: readonly { readonly id: string }[], id: string, by: -1 | 1): readonly string[] {
  const ids = columns.map((column) => column.id);
  const from = ids.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= ids.length) return ids;
  ids.splice(from, 1);
  ids.splice(to, 0, id);
  return ids;
}
