import { useMemo, useState } from 'react';
import type { ExchangeDetail } from '../../../../shared/contract/exchange.ts';
import { formatJson } from '../../text/format-json.ts';
import { Choice } from '../../widgets/choice.tsx';
import { CodeView } from '../../widgets/code/code-view.tsx';
import { Digest } from '../../widgets/digest.tsx';

/** The records themselves, as they stand in the bundle. */
export function RecordPanel({ detail: { record, seq, leafHash, reconcile } }: { readonly detail: ExchangeDetail }) {
  const [shown, setShown] = useState<'intent' | 'end'>('intent');
  const raw = shown === 'end' ? (record.end ?? '') : record.intent;
  const text = useMemo(() => formatJson(raw) ?? raw, [raw]);
  return (
    <>
      <div className="border-line flex h-9 shrink-0 items-center gap-3 border-b px-4 text-xs">
        <span className="text-muted">Sequence {seq}</span>
        {leafHash === undefined ? null : (
          <span className="text-muted flex min-w-0 items-center gap-1">
            leaf <Digest value={leafHash} label="leaf hash" />
          </span>
        )}
        {reconcile === undefined ? null : <span className="text-caution">reconciled: {reconcile.state}</span>}
        <div data-print="hide" className="ml-auto">
          {record.end === undefined ? (
            <span className="text-caution">no end record</span>
          ) : (
            <Choice
              label="Which record"
              value={shown}
              options={[
                { value: 'intent', label: 'Intent' },
                { value: 'end', label: reconcile === undefined ? 'End' : 'Reconciliation' },
              ]}
              onChange={setShown}
            />
          )}
        </div>
      </div>
      <div data-print="flow" className="min-h-0 flex-1">
        <CodeView text={text} language="json" label="Record" />
      </div>
    </>
  );
}
