import { clsx } from 'clsx';
import { Rows3 } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef } from 'react';
import type { ExchangeRow, ExchangeSort } from '../../../../shared/contract/exchange.ts';
import { useReview } from '../../store/review-context.tsx';
import { useCopyExchange } from '../../store/use-copy-exchange.ts';
import { useExchanges } from '../../store/use-exchanges.ts';
import { useGo } from '../../store/use-route.ts';
import { formatCount } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { DataGrid } from '../../widgets/grid/data-grid.tsx';
import { applyChoice } from '../../widgets/grid/grid-column.ts';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { ExportButton } from '../export/export-button.tsx';
import { ColumnsMenu } from './columns-menu.tsx';
import { CopyMenu } from './copy-menu.tsx';
import { EXCHANGE_COLUMNS } from './exchange-columns.tsx';
import { FilterInput } from './filter-input.tsx';
import { RowMenu } from './row-menu.tsx';

/** The list of all exchanges: filter, order, columns, cursor. */
export function ExchangesView({ filter: wanted }: { readonly filter: string | undefined }) {
  const go = useGo();
  const filter = useReview((state) => state.filter);
  const setFilter = useReview((state) => state.setFilter);
  const sort = useReview((state) => state.sort);
  const pages = useExchanges(filter, sort);
  const cursor = useCursor(pages.rows.total);
  const current = pages.rows.rowAt(cursor);
  const { copy, said } = useCopyExchange();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);

  // The address wins when it names a filter: that is what a link is for.
  useEffect(() => {
    if (wanted !== undefined) setFilter(wanted);
  }, [wanted, setFilter]);
  const apply = useCallback(
    (next: string) => {
      setFilter(next);
      go({ screen: 'exchanges', filter: next }, { replace: true });
    },
    [setFilter, go],
  );
  const focusList = (): void => list.current?.querySelector<HTMLElement>('[role=grid]')?.focus();

  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Exchanges" note={<Count total={pages.rows.total} cursor={cursor} stale={pages.stale || pages.empty} />}>
        <span role="status" className="text-muted text-xs">
          {said}
        </span>
        <CopyMenu row={current} onCopy={(exchangeId, format) => void copy(exchangeId, format)} />
        <ExportButton
          what={{ kind: 'exchanges', filter }}
          title={filter === '' ? 'Export all exchanges' : 'Export the filtered exchanges'}
          suggestedName="exchanges"
          disabled={pages.rows.total === 0}
        />
        <ColumnsMenu />
      </ScreenHeader>
      <div data-print="hide" className="border-line border-b px-4 py-2">
        <FilterInput ref={input} value={filter} onApply={apply} onLeave={focusList} />
      </div>
      <RowMenu row={current} onCopy={(exchangeId, format) => void copy(exchangeId, format)}>
        <div
          ref={list}
          data-print="flow"
          aria-busy={pages.stale}
          className={clsx('flex min-h-0 flex-1 flex-col', pages.stale && 'pointer-events-none opacity-60')}
        >
          {pages.failure !== undefined ? (
            <FailureNotice failure={pages.failure} retry={pages.retry} className="m-4" />
          ) : pages.empty ? (
            <Skeleton lines={12} className="p-4" />
          ) : pages.rows.total === 0 ? (
            <NothingMatches filter={filter} onClear={() => apply('')} />
          ) : (
            <ExchangeGrid
              pages={pages.rows}
              cursor={cursor}
              onCopySql={(row) => void copy(row.exchangeId, 'sql')}
              onFilter={() => input.current?.focus()}
            />
          )}
        </div>
      </RowMenu>
    </div>
  );
}

/** The remembered cursor, held inside the list. */
const useCursor = (total: number): number =>
  Math.min(
    useReview((state) => state.cursor),
    Math.max(0, total - 1),
  );

type GridProps = {
  readonly pages: ReturnType<typeof useExchanges>['rows'];
  readonly cursor: number;
  readonly onCopySql: (row: ExchangeRow) => void;
  readonly onFilter: () => void;
};

function ExchangeGrid({ pages, cursor, onCopySql, onFilter }: GridProps) {
  const go = useGo();
  const columns = useReview((state) => state.columns);
  const setColumns = useReview((state) => state.setColumns);
  const sort = useReview((state) => state.sort);
  const toggleSort = useReview((state) => state.toggleSort);
  const setCursor = useReview((state) => state.setCursor);
  const left = useReview((state) => state.compareLeft);
  const setLeft = useReview((state) => state.setCompareLeft);
  const shown = useMemo(() => applyChoice(EXCHANGE_COLUMNS, columns), [columns]);
  const open = useCallback((row: ExchangeRow) => go({ screen: 'exchange', exchangeId: row.exchangeId }), [go]);

  function onKey(event: KeyboardEvent, row: ExchangeRow | undefined): void {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === '/') onFilter();
    else if (row === undefined) return;
    else if (event.key === 'y') onCopySql(row);
    else if (event.key === 'l') setLeft({ exchangeId: row.exchangeId, number: row.number });
    else if (event.key === 'd' && left !== undefined) go({ screen: 'diff', left: left.exchangeId, right: row.exchangeId });
    else return;
    event.preventDefault();
  }

  return (
    <DataGrid
      label="Exchanges"
      columns={shown}
      rows={pages}
      cursor={cursor}
      onCursor={setCursor}
      onOpen={open}
      onKey={onKey}
      sort={sort}
      onSort={(column) => toggleSort(column as ExchangeSort['by'])}
      onResize={(column, width) => setColumns({ ...columns, widths: { ...columns.widths, [column]: width } })}
      rowTone={(row) => (row.outcome === 'refused' ? 'bg-refused-soft/50' : undefined)}
      autoFocus
    />
  );
}

function Count({ total, cursor, stale }: { readonly total: number; readonly cursor: number; readonly stale: boolean }) {
  if (stale) return <span role="status">Searching…</span>;
  if (total === 0) return null;
  return (
    <span role="status">
      {formatCount(cursor + 1)} of {formatCount(total)}
    </span>
  );
}

const NothingMatches = ({ filter, onClear }: { readonly filter: string; readonly onClear: () => void }) =>
  filter === '' ? (
    <EmptyState icon={Rows3} title="No exchange was recorded">
      The session was opened and closed without a request.
    </EmptyState>
  ) : (
    <EmptyState icon={Rows3} title="Nothing matches this filter" action={<Button onClick={onClear}>Clear the filter</Button>}>
      <code className="break-all">{filter}</code>
    </EmptyState>
  );
