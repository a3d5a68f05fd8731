import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
import type { ExchangeDetail } from '../../../../shared/contract/exchange.ts';
import { EXCHANGE_TABS, type ExchangeTab } from '../../route.ts';
import { useGo } from '../../store/use-route.ts';
import { formatBytes, formatCount } from '../../text/format.ts';
import { MessagePanel } from './message-panel.tsx';
import { RecordPanel } from './record-panel.tsx';
import { ResultPanel } from './result-panel.tsx';

const LABELS: Record<ExchangeTab, string> = { result: 'Result', request: 'Request', response: 'Response', record: 'Record' };

export function ExchangeTabs({ detail, tab }: { readonly detail: ExchangeDetail; readonly tab: ExchangeTab | undefined }) {
  const go = useGo();
  const { exchangeId } = detail.row;
  const shown = tab ?? (detail.row.hasResult ? 'result' : 'response');
  return (
    <Tabs.Root
      value={shown}
      onValueChange={(next) => go({ screen: 'exchange', exchangeId, tab: next as ExchangeTab }, { replace: true })}
      data-print="flow"
      className="bg-surface flex min-h-0 flex-1 flex-col"
    >
      <Tabs.List aria-label="Parts of the exchange" className="border-line flex h-9 shrink-0 items-stretch gap-4 border-b px-4">
        {EXCHANGE_TABS.map((each) => (
          <Tabs.Tab
            key={each}
            value={each}
            className="text-muted hover:text-fg data-active:border-accent data-active:text-fg flex items-center gap-1.5 border-b-2 border-transparent text-sm font-medium"
          >
            {LABELS[each]}
            <TabNote tab={each} detail={detail} />
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Panel value="result">
        <ResultPanel detail={detail} />
      </Panel>
      <Panel value="request">
        <MessagePanel detail={detail} side="request" />
      </Panel>
      <Panel value="response">
        <MessagePanel detail={detail} side="response" />
      </Panel>
      <Panel value="record">
        <RecordPanel detail={detail} />
      </Panel>
    </Tabs.Root>
  );
}

const Panel = ({ value, children }: { readonly value: ExchangeTab; readonly children: ReactNode }) => (
  <Tabs.Panel value={value} data-print="flow" className="flex min-h-0 flex-1 flex-col">
    {children}
  </Tabs.Panel>
);

/** How much is behind the tab. */
function TabNote({ tab, detail }: { readonly tab: ExchangeTab; readonly detail: ExchangeDetail }) {
  const body = detail.bodies.find((each) => each.side === tab);
  const note =
    tab === 'result' && detail.row.totalRows !== undefined && detail.row.hasResult
      ? formatCount(detail.row.totalRows)
      : body === undefined || body.bytes === 0
        ? ''
        : formatBytes(body.bytes);
  return note === '' ? null : <span className="text-muted text-2xs font-normal">{note}</span>;
}
