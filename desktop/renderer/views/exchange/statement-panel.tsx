import { useState } from 'react';
import type { ExchangeDetail } from '../../../../shared/contract/exchange.ts';
import { useFormattedSql } from '../../text/use-formatted-sql.ts';
import { Choice } from '../../widgets/choice.tsx';
import { CodeView } from '../../widgets/code/code-view.tsx';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { ScrollRegion } from '../../widgets/scroll-region.tsx';
import { Split } from '../../widgets/split.tsx';

type Statement = NonNullable<ExchangeDetail['statement']>;

/** What was asked. Requests without SQL show their line. */
export function StatementPanel({ detail }: { readonly detail: ExchangeDetail }) {
  if (detail.statement !== undefined) return <SqlPanel statement={detail.statement} />;
  return (
    <section aria-label="Request line" className="border-line bg-surface border-b px-4 py-3">
      <p className="text-muted text-xs">No SQL in this request{detail.row.methodId === undefined ? '' : `: ${detail.row.methodId}`}</p>
      <p className="mt-1 font-mono text-xs break-all">
        <span className="font-semibold">{detail.request.httpMethod}</span> <EvidenceText text={detail.request.target} />
      </p>
    </section>
  );
}

function SqlPanel({ statement }: { readonly statement: Statement }) {
  const [shown, setShown] = useState<'formatted' | 'raw'>('formatted');
  const formatted = useFormattedSql(statement.sql);
  const text = shown === 'raw' ? statement.sql : formatted.text;
  return (
    <Split label="Height of the statement" initial={initialHeight(text, statement.parameters.length)}>
      <section aria-label="Statement" data-print="flow" className="bg-surface flex h-full min-h-0 flex-col">
        <header className="flex h-9 shrink-0 items-center gap-2 pr-2 pl-4 text-xs">
          <h2 className="text-sm font-semibold">Statement</h2>
          <code className="text-muted">{statement.statementType}</code>
          {statement.dryRun ? <span className="bg-sunken text-muted rounded px-1.5">dry run</span> : null}
          {statement.defaultDataset === undefined ? null : (
            <span className="text-muted truncate">
              default dataset <EvidenceText text={statement.defaultDataset} />
            </span>
          )}
          <div data-print="hide" className="ml-auto flex items-center gap-1">
            {shown === 'formatted' && formatted.status === 'unreadable' ? (
              <span className="text-muted">shown as written: not formattable</span>
            ) : null}
            <Choice
              label="Statement layout"
              value={shown}
              options={[
                { value: 'formatted', label: 'Formatted' },
                { value: 'raw', label: 'As sent' },
              ]}
              onChange={setShown}
            />
            <CopyButton text={statement.sql} label="Copy SQL as sent" />
          </div>
        </header>
        <div data-print="flow" className="min-h-0 flex-1">
          <CodeView text={text} language="sql" label="Statement" />
        </div>
        <Parameters parameters={statement.parameters} />
      </section>
    </Split>
  );
}

const LINE = 18;

/** As tall as the text wants, within reason. */
const initialHeight = (text: string, parameters: number): number =>
  Math.min(360, Math.max(110, 36 + 20 + LINE * text.split('\n').length + Math.min(96, 24 * parameters)));

function Parameters({ parameters }: { readonly parameters: Statement['parameters'] }) {
  if (parameters.length === 0) return null;
  return (
    <ScrollRegion label="Parameters" className="border-line max-h-24 shrink-0 border-t px-4 py-1.5">
      <table className="text-xs">
        <tbody>
          {parameters.map((parameter, index) => (
            <tr key={parameter.name ?? `?${index + 1}`} className="align-top">
              <th scope="row" className="text-accent pr-4 text-left font-mono font-normal">
                {parameter.name === undefined ? `?${index + 1}` : <EvidenceText text={`@${parameter.name}`} />}
              </th>
              <td className="text-muted pr-4 font-mono">{parameter.type}</td>
              <td className="font-mono break-all">
                <EvidenceText text={parameter.value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
