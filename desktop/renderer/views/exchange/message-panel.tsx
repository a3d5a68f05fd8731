import { Tabs } from '@base-ui/react/tabs';
import { useState } from 'react';
import type { BodyInfo, BodySide, ExchangeDetail } from '../../../../shared/contract/exchange.ts';
import { Choice } from '../../widgets/choice.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { BodyView } from './body-view.tsx';
import { HeaderTable } from './header-table.tsx';

type Side = 'request' | 'response';

const SIDES: Record<Side, readonly BodySide[]> = {
  request: ['request', 'upstream-request'],
  response: ['response', 'upstream-response', 'cells'],
};

const SIDE_LABELS: Record<BodySide, string> = {
  request: 'From the client',
  'upstream-request': 'Sent to BigQuery',
  response: 'To the client',
  'upstream-response': 'From BigQuery',
  cells: 'Keyed digests of the values',
};

/** One message as it crossed the wire: first line, headers, body. */
export function MessagePanel({ detail, side }: { readonly detail: ExchangeDetail; readonly side: Side }) {
  const bodies = detail.bodies.filter((body) => SIDES[side].includes(body.side));
  const [chosen, setChosen] = useState<BodySide>(side);
  const body = bodies.find((each) => each.side === chosen) ?? bodies[0];
  const headers = side === 'request' ? detail.request.headers : (detail.response?.headers ?? []);
  return (
    <Tabs.Root defaultValue="body" data-print="flow" className="flex min-h-0 flex-1 flex-col">
      <div className="border-line flex h-9 shrink-0 items-center gap-3 border-b px-4 text-xs">
        <FirstLine detail={detail} side={side} />
        <div data-print="hide" className="ml-auto flex items-center gap-2">
          <Sides bodies={bodies} chosen={body?.side} onChoose={setChosen} />
          <Tabs.List aria-label="Body or headers" className="bg-sunken flex h-7 items-center gap-0.5 rounded-md p-0.5">
            <InnerTab value="body" label="Body" />
            <InnerTab value="headers" label={`Headers ${headers.length}`} />
          </Tabs.List>
        </div>
      </div>
      <Tabs.Panel value="body" data-print="flow" className="flex min-h-0 flex-1 flex-col">
        <BodyView key={body?.side} exchangeId={detail.row.exchangeId} info={body} />
      </Tabs.Panel>
      <Tabs.Panel value="headers" data-print="flow" className="min-h-0 flex-1 overflow-auto">
        <HeaderTable headers={headers} />
      </Tabs.Panel>
    </Tabs.Root>
  );
}

const InnerTab = ({ value, label }: { readonly value: string; readonly label: string }) => (
  <Tabs.Tab
    value={value}
    className="text-muted hover:text-fg data-active:bg-surface data-active:text-fg flex h-6 items-center rounded px-2 font-medium data-active:shadow-sm"
  >
    {label}
  </Tabs.Tab>
);

function FirstLine({ detail, side }: { readonly detail: ExchangeDetail; readonly side: Side }) {
  if (side === 'request')
    return (
      <span className="min-w-0 truncate font-mono">
        <span className="font-semibold">{detail.request.httpMethod}</span> <EvidenceText text={detail.request.target} />
        <span className="text-muted"> {detail.request.httpVersion}</span>
      </span>
    );
  if (detail.response === undefined) return <span className="text-muted">No response was recorded</span>;
  return (
    <span className="min-w-0 truncate">
      <span className="font-mono font-semibold">HTTP {detail.response.status}</span>
      {detail.end === undefined ? null : (
        <EvidenceText text={`  ${[detail.end.framing, detail.end.reason].filter(Boolean).join(': ')}`} className="text-muted" />
      )}
    </span>
  );
}

type SidesProps = {
  readonly bodies: readonly BodyInfo[];
  readonly chosen: BodySide | undefined;
  readonly onChoose: (side: BodySide) => void;
};

/** Only where what the client saw differs from what BigQuery saw. */
function Sides({ bodies, chosen, onChoose }: SidesProps) {
  if (bodies.length < 2 || chosen === undefined) return null;
  return (
    <Choice
      label="Which side"
      value={chosen}
      options={bodies.map((body) => ({ value: body.side, label: SIDE_LABELS[body.side] }))}
      onChange={onChoose}
    />
  );
}
