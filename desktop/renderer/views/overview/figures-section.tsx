import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { Overview } from '../../../../shared/contract/case.ts';
import { type Route, toHref } from '../../route.ts';
import { formatBytes, formatCount } from '../../text/format.ts';
import { Tip } from '../../widgets/tip.tsx';

type Figure = { readonly label: string; readonly value: string; readonly exact?: string; readonly to?: Route; readonly tone?: string };

function toFigures({ totals, findings }: Overview): readonly Figure[] {
  const found = findings.high + findings.medium + findings.low + findings.info;
  return [
    { label: 'Exchanges', value: formatCount(totals.exchanges), to: { screen: 'exchanges' } },
    { label: 'Statements', value: formatCount(totals.statements) },
    { label: 'Dry runs', value: formatCount(totals.dryRuns) },
    {
      label: 'Refused',
      value: formatCount(totals.denied),
      tone: totals.denied > 0 ? 'text-refused' : '',
      to: { screen: 'exchanges', filter: 'outcome:denied' },
    },
    {
      label: 'Failed',
      value: formatCount(totals.failed),
      tone: totals.failed > 0 ? 'text-upstream-error' : '',
      to: { screen: 'exchanges', filter: 'outcome:failed' },
    },
    { label: 'Findings', value: formatCount(found), tone: findings.high > 0 ? 'text-broken' : '', to: { screen: 'findings' } },
    { label: 'Rows returned', value: formatCount(totals.rowsReturned) },
    { label: 'Processed', value: formatBytes(totals.bytesProcessed), exact: totals.bytesProcessed },
    { label: 'Delivered', value: formatBytes(totals.bytesToClient), exact: totals.bytesToClient },
  ];
}

export function FiguresSection({ overview }: { readonly overview: Overview }) {
  return (
    <dl className="border-line bg-surface divide-line grid grid-cols-3 rounded-lg border lg:grid-cols-9 lg:divide-x">
      {toFigures(overview).map((figure) => (
        <div key={figure.label} className="flex min-w-0 flex-col px-3 py-2">
          <dt className="text-muted truncate text-xs">{figure.label}</dt>
          <dd className={clsx('truncate text-lg font-semibold', figure.tone)}>
            <FigureValue figure={figure} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FigureValue({ figure }: { readonly figure: Figure }): ReactNode {
  if (figure.to !== undefined)
    return (
      <a href={toHref(figure.to)} className="hover:underline">
        {figure.value}
      </a>
    );
  if (figure.exact === undefined) return figure.value;
  return (
    <Tip text={`${formatCount(figure.exact)} bytes`}>
      <span>{figure.value}</span>
    </Tip>
  );
}
