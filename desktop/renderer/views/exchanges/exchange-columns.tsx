import type { ExchangeRow } from '../../../../shared/contract/exchange.ts';
import { toHref } from '../../route.ts';
import { formatBytes, formatCount, formatDuration, splitInstant } from '../../text/format.ts';
import { EffectMark } from '../../widgets/effect-mark.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import type { GridColumn } from '../../widgets/grid/grid-column.ts';
import { OutcomeMark } from '../../widgets/outcome-badge.tsx';

const text = (value: string | undefined, className = '') =>
  value === undefined || value === '' ? null : <EvidenceText text={value} className={className} />;

const oneLine = (sql: string): string => sql.replaceAll(/[ \t]*\r?\n\s*/g, ' ');

function At({ at }: { readonly at: string }) {
  const { date, time, fraction } = splitInstant(at);
  return (
    <>
      <span className="text-faint">{date.slice(5)} </span>
      {time}
      <span className="text-muted">{fraction === '' ? '' : `.${fraction.slice(0, 3)}`}</span>
    </>
  );
}

/** All that can be shown of an exchange in a list, in the order of first show. Sortable ids are the engine's own. */
export const EXCHANGE_COLUMNS: readonly GridColumn<ExchangeRow>[] = [
  {
    id: 'number',
    label: '#',
    width: 60,
    align: 'right',
    sortable: true,
    render: ({ number, exchangeId }) => (
      <a href={toHref({ screen: 'exchange', exchangeId })} tabIndex={-1} className="text-muted hover:text-accent hover:underline">
        {number}
      </a>
    ),
  },
  { id: 'at', label: 'Time (UTC)', width: 142, sortable: true, render: ({ at }) => <At at={at} /> },
  { id: 'who', label: 'Who', width: 148, sortable: true, render: ({ who }) => text(who) },
  { id: 'outcome', label: 'Outcome', width: 128, sortable: true, render: ({ outcome }) => <OutcomeMark outcome={outcome} /> },
  {
    id: 'statementType',
    label: 'Type',
    width: 86,
    sortable: true,
    render: ({ statementType, dryRun }) => (
      <>
        {text(statementType, 'font-mono')}
        {dryRun ? <span className="text-muted"> dry</span> : null}
      </>
    ),
  },
  {
    id: 'sql',
    label: 'Statement',
    width: 250,
    grows: true,
    render: ({ sql, httpMethod, target }) =>
      sql === undefined ? (
        <span className="text-muted font-mono">
          {httpMethod} {text(target)}
        </span>
      ) : (
        text(oneLine(sql), 'font-mono')
      ),
  },
  {
    id: 'totalBytesProcessed',
    label: 'Processed',
    width: 84,
    align: 'right',
    sortable: true,
    render: ({ totalBytesProcessed, cacheHit }) =>
      cacheHit === true ? (
        <span className="text-muted">cached</span>
      ) : (
        totalBytesProcessed !== undefined && formatBytes(totalBytesProcessed)
      ),
  },
  {
    id: 'totalRows',
    label: 'Rows',
    width: 72,
    align: 'right',
    sortable: true,
    render: ({ totalRows }) => totalRows !== undefined && formatCount(totalRows),
  },
  {
    id: 'durationMs',
    label: 'Duration',
    width: 78,
    align: 'right',
    sortable: true,
    render: ({ durationMs }) => durationMs !== undefined && formatDuration(durationMs),
  },
  { id: 'tables', label: 'Tables', width: 200, render: ({ tables }) => text(tables.join(', ')) },
  { id: 'status', label: 'Status', width: 64, align: 'right', sortable: true, render: ({ status }) => status },
  { id: 'effect', label: 'Policy', width: 76, render: ({ effect }) => <EffectMark effect={effect} /> },
  { id: 'rules', label: 'Rules', width: 180, render: ({ rules }) => text(rules.join(', '), 'font-mono') },
  { id: 'errorReason', label: 'Error', width: 130, render: ({ errorReason }) => text(errorReason, 'font-mono') },
  { id: 'methodId', label: 'Method', width: 170, sortable: true, render: ({ methodId }) => text(methodId, 'font-mono') },
  { id: 'target', label: 'Target', width: 260, render: ({ target }) => text(target, 'font-mono') },
  {
    id: 'bytesToClient',
    label: 'To client',
    width: 88,
    align: 'right',
    sortable: true,
    render: ({ bytesToClient }) => bytesToClient !== undefined && formatBytes(bytesToClient),
  },
  { id: 'tool', label: 'Tool', width: 180, render: ({ tool }) => text(tool) },
  { id: 'jobId', label: 'Job', width: 200, render: ({ jobId }) => text(jobId, 'font-mono') },
  { id: 'sessionId', label: 'Session', width: 150, render: ({ sessionId }) => text(sessionId, 'font-mono') },
];
