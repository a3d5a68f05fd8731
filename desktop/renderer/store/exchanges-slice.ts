import type { StateCreator } from 'zustand';
import type { ExchangeSort } from '../../../shared/contract/exchange.ts';
import { remember } from './remember.ts';

export type ColumnState = {
  /** Columns in order of show. */
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  /** Widths in px of columns that were resized. */
  readonly widths: Readonly<Record<string, number>>;
};

export const NO_COLUMN_STATE: ColumnState = {
  order: [],
  hidden: ['tables', 'status', 'effect', 'rules', 'errorReason', 'methodId', 'target', 'bytesToClient', 'tool', 'jobId', 'sessionId'],
  widths: {},
};
const DEFAULT_SORT: ExchangeSort = { by: 'number', direction: 'asc' };

export type ExchangesSlice = {
  /** The filter that the lists obey; what is being typed lives in the input. */
  readonly filter: string;
  readonly sort: ExchangeSort;
  /** Row under the cursor, an offset in the filtered and sorted list. */
  readonly cursor: number;
  readonly columns: ColumnState;
  setFilter(filter: string): void;
  toggleSort(by: ExchangeSort['by']): void;
  setCursor(offset: number): void;
  setColumns(columns: ColumnState): void;
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

export function parseColumnState(stored: unknown): ColumnState {
  if (!isRecord(stored)) return NO_COLUMN_STATE;
  const widths = isRecord(stored['widths']) ? stored['widths'] : {};
  const sane = Object.entries(widths).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= 40);
  return { order: strings(stored['order']), hidden: strings(stored['hidden']), widths: Object.fromEntries(sane) };
}

const rememberedColumns = remember('columns', parseColumnState);

export const createExchangesSlice: StateCreator<ExchangesSlice> = (set, get) => ({
  filter: '',
  sort: DEFAULT_SORT,
  cursor: 0,
  columns: rememberedColumns.load(),
  setFilter(filter) {
    if (filter !== get().filter) set({ filter, cursor: 0 });
  },
  toggleSort(by) {
    const { sort } = get();
    const direction = sort.by === by && sort.direction === 'asc' ? 'desc' : 'asc';
    set({ sort: { by, direction }, cursor: 0 });
  },
  setCursor: (cursor) => set({ cursor }),
  setColumns(columns) {
    rememberedColumns.save(columns);
    set({ columns });
  },
});
