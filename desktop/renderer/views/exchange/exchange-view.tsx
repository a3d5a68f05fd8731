import { ChevronDown, ChevronUp, FileDiff, MoveLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExchangeDetail } from '../../../../shared/contract/exchange.ts';
import { type ExchangeTab, toHref } from '../../route.ts';
import { useReview } from '../../store/review-context.tsx';
import { useAnswer } from '../../store/use-answer.ts';
import { useCopyExchange } from '../../store/use-copy-exchange.ts';
import { useNeighbours } from '../../store/use-neighbours.ts';
import { useGo } from '../../store/use-route.ts';
import { formatCount, formatInstant, formatLocalInstant } from '../../text/format.ts';
import { Button, IconButton } from '../../widgets/button.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { OutcomeBadge } from '../../widgets/outcome-badge.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { CopyMenu } from '../exchanges/copy-menu.tsx';
import { ExchangeFacts } from './exchange-facts.tsx';
import { ExchangeTabs } from './exchange-tabs.tsx';
import { StatementPanel } from './statement-panel.tsx';
import { useExchangeKeys } from './use-exchange-keys.ts';

type Props = { readonly exchangeId: string; readonly tab: ExchangeTab | undefined };

/** One request and its answer, with everything that is known of it. */
export default function ExchangeView({ exchangeId, tab }: Props) {
  const detail = useAnswer('exchange:get', { exchangeId }, exchangeId);
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <Header exchangeId={exchangeId} tab={tab} detail={detail.value} />
      {detail.failure === undefined ? null : <FailureNotice failure={detail.failure} retry={detail.retry} className="m-4" />}
      {detail.value === undefined ? (
        detail.failure === undefined && <Skeleton lines={8} className="p-4" />
      ) : (
        <div data-print="flow" className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_19rem] print:block">
          <div data-print="flow" className="flex min-h-0 min-w-0 flex-col">
            <StatementPanel key={exchangeId} detail={detail.value} />
            <ExchangeTabs key={`${exchangeId} tabs`} detail={detail.value} tab={tab} />
          </div>
          <ExchangeFacts detail={detail.value} />
        </div>
      )}
    </div>
  );
}

function Header({ exchangeId, tab, detail }: Props & { readonly detail: ExchangeDetail | undefined }) {
  const go = useGo();
  const { previous, next, offset, total } = useNeighbours(exchangeId);
  const { copy, said } = useCopyExchange();
  const goTo = (id: string | undefined): void => {
    if (id !== undefined) go({ screen: 'exchange', exchangeId: id, ...(tab === undefined ? {} : { tab }) }, { replace: true });
  };
  useExchangeKeys({ exchangeId, tab, onPrevious: () => goTo(previous), onNext: () => goTo(next) });
  return (
    <ScreenHeader
      title={
        <span className="flex items-center gap-2">
          <BackToList />
          <span className="text-faint font-normal">/</span>
          <span>{detail === undefined ? '…' : `Exchange ${detail.row.number}`}</span>
        </span>
      }
      note={detail === undefined ? undefined : <Summary detail={detail} />}
    >
      <span role="status" className="text-muted text-xs">
        {said}
      </span>
      {detail === undefined ? null : (
        <>
          <CompareButton detail={detail} />
          <CopyMenu row={detail.row} onCopy={(id, format) => void copy(id, format)} />
        </>
      )}
      <span className="text-muted ml-1 text-xs">
        {offset === undefined || total === undefined ? '' : `${formatCount(offset + 1)} of ${formatCount(total)}`}
      </span>
      <IconButton icon={ChevronUp} label="Previous exchange" keys="[" disabled={previous === undefined} onClick={() => goTo(previous)} />
      <IconButton icon={ChevronDown} label="Next exchange" keys="]" disabled={next === undefined} onClick={() => goTo(next)} />
    </ScreenHeader>
  );
}

function BackToList(): ReactNode {
  const filter = useReview((state) => state.filter);
  return (
    <a href={toHref({ screen: 'exchanges', filter })} className="text-muted hover:text-fg font-normal hover:underline">
      Exchanges
    </a>
  );
}

function Summary({ detail: { row } }: { readonly detail: ExchangeDetail }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <OutcomeBadge outcome={row.outcome} />
      {row.status === undefined ? null : <span>HTTP {row.status}</span>}
      <time title={formatLocalInstant(row.at)}>{formatInstant(row.at)}</time>
    </span>
  );
}

function CompareButton({ detail: { row } }: { readonly detail: ExchangeDetail }) {
  const go = useGo();
  const left = useReview((state) => state.compareLeft);
  const setLeft = useReview((state) => state.setCompareLeft);
  if (row.sql === undefined) return null;
  if (left === undefined || left.exchangeId === row.exchangeId)
    return (
      <Button
        icon={MoveLeft}
        disabled={left?.exchangeId === row.exchangeId}
        onClick={() => setLeft({ exchangeId: row.exchangeId, number: row.number })}
      >
        {left?.exchangeId === row.exchangeId ? 'Left side chosen' : 'Compare'}
      </Button>
    );
  return (
    <Button icon={FileDiff} onClick={() => go({ screen: 'diff', left: left.exchangeId, right: row.exchangeId })}>
      Compare with {left.number}
    </Button>
  );
}
