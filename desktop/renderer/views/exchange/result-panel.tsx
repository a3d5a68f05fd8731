import { TableProperties } from 'lucide-react';
import { useState } from 'react';
import type { ExchangeDetail } from '../../../../shared/contract/exchange.ts';
import type { OpenedResult } from '../../../../shared/contract/result.ts';
import { toHref } from '../../route.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { type ResultSort, useResultRows } from '../../store/use-result.ts';
import { formatCount, formatPlural } from '../../text/format.ts';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ResultGrid } from '../../widgets/result/result-grid.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { ExportButton } from '../export/export-button.tsx';

/** The recorded rows as a table. */
export function ResultPanel({ detail }: { readonly detail: ExchangeDetail }) {
  const { exchangeId, hasResult } = detail.row;
  const result = useAnswer('result:open', hasResult ? { exchangeId } : undefined, exchangeId);
  if (!hasResult) return <NoResult detail={detail} />;
  if (result.failure !== undefined) return <FailureNotice failure={result.failure} retry={result.retry} className="m-4" />;
  if (result.value === undefined) return <Skeleton lines={8} className="p-4" />;
  return <OpenedGrid key={result.value.resultId} exchangeId={exchangeId} opened={result.value} />;
}

function NoResult({ detail: { row, job, decision } }: { readonly detail: ExchangeDetail }) {
  const why =
    row.outcome === 'refused'
      ? decision.reason
      : (job?.errorMessage ?? (row.dryRun ? 'A dry run returns no rows.' : 'The answer to this request holds no rows.'));
  return (
    <EmptyState icon={TableProperties} title={row.outcome === 'refused' ? 'Refused: there is no result' : 'No rows'}>
      {why === undefined ? null : <EvidenceText text={why} />}
    </EmptyState>
  );
}

type OpenedProps = { readonly exchangeId: string; readonly opened: OpenedResult };

function OpenedGrid({ exchangeId, opened }: OpenedProps) {
  const [sort, setSort] = useState<ResultSort>();
  const pages = useResultRows(opened, sort);
  const toggle = (id: string): void => {
    const column = opened.columns[Number(id)]?.name;
    if (column === undefined) return;
    setSort(sort?.column !== column ? { column, direction: 'asc' } : sort.direction === 'asc' ? { column, direction: 'desc' } : undefined);
  };
  const sorted = sort && { by: `${opened.columns.findIndex((column) => column.name === sort.column)}`, direction: sort.direction };
  return (
    <>
      {pages.failure === undefined ? null : <FailureNotice failure={pages.failure} retry={pages.retry} className="m-4" />}
      {opened.total === 0 ? (
        <EmptyState icon={TableProperties} title="The result has no rows">
          {opened.columns.map((column) => column.name).join(', ')}
        </EmptyState>
      ) : (
        <ResultGrid
          label="Result"
          columns={opened.columns}
          rows={pages.rows}
          onSort={toggle}
          {...(sorted === undefined ? {} : { sort: sorted })}
        />
      )}
      <Footer exchangeId={exchangeId} opened={opened} />
    </>
  );
}

function Footer({ exchangeId, opened }: OpenedProps) {
  const { resultId, total, reportedRows, complete, pages, problems } = opened;
  return (
    <footer className="border-line text-muted flex min-h-7 shrink-0 items-center gap-x-4 border-t px-4 py-1 text-xs">
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4">
        <span>{formatPlural(total, 'row')} recorded</span>
        {complete ? null : (
          <span className="text-caution font-medium">
            {reportedRows === undefined ? 'not complete' : `of ${formatCount(reportedRows)}: the client did not fetch the rest`}
          </span>
        )}
        {pages.length > 1 ? (
          <span>
            delivered by{' '}
            {pages.slice(0, 6).map((page, index) => (
              <span key={page.exchangeId}>
                {index === 0 ? '' : ', '}
                <a href={toHref({ screen: 'exchange', exchangeId: page.exchangeId })} className="text-accent hover:underline">
                  {page.number}
                </a>
              </span>
            ))}
            {pages.length > 6 ? ` and ${pages.length - 6} more` : ''}
          </span>
        ) : null}
        {problems.map((problem) => (
          <EvidenceText key={problem} text={problem} className="text-broken min-w-0 break-words" />
        ))}
      </div>
      <span className="shrink-0">
        in SQL: <code>{resultId}</code>
      </span>
      <ExportButton
        what={{ kind: 'result', exchangeId }}
        title="Export the recorded rows"
        suggestedName={resultId}
        disabled={total === 0}
      />
    </footer>
  );
}
