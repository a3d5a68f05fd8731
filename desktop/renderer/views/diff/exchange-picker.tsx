import { Search } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import type { ExchangeRow } from '../../../../shared/contract/exchange.ts';
import { toHref } from '../../route.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { formatInstant } from '../../text/format.ts';
import { toExchangeFilter } from '../../text/to-exchange-filter.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { OutcomeMark } from '../../widgets/outcome-badge.tsx';

type Props = { readonly label: string; readonly exchangeId: string | undefined; readonly onChoose: (exchangeId: string) => void };

/** Finds an exchange by its number or by a piece of its SQL. */
export function ExchangePicker({ label, exchangeId, onChoose }: Props) {
  const id = useId();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const filter = toExchangeFilter(text);
  const found = useAnswer('exchange:list', open ? { filter, offset: 0, limit: 8 } : undefined, filter);
  const chosen = useAnswer('exchange:get', exchangeId === undefined ? undefined : { exchangeId }, exchangeId);
  const rows = open ? (found.value?.rows ?? []) : [];

  const choose = (row: ExchangeRow): void => {
    onChoose(row.exchangeId);
    setText('');
    setOpen(false);
  };
  function onKeyDown(event: KeyboardEvent): void {
    const row = rows[active];
    if (event.key === 'ArrowDown') setActive(Math.min(rows.length - 1, active + 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(0, active - 1));
    else if (event.key === 'Enter' && row !== undefined) choose(row);
    else if (event.key === 'Escape') setOpen(false);
    else return;
    event.preventDefault();
  }

  return (
    <div className="relative flex min-w-0 flex-col gap-1">
      <div className="border-control bg-surface focus-within:outline-focus flex h-8 items-center gap-2 rounded-md border px-2 focus-within:outline-2 focus-within:-outline-offset-1">
        <Search size={13} aria-hidden className="text-muted shrink-0" />
        <input
          role="combobox"
          aria-label={label}
          aria-expanded={rows.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={rows.length > 0 ? `${id}-${active}` : undefined}
          value={text}
          placeholder={chosen.value === undefined ? `${label}: number or SQL` : `Exchange ${chosen.value.row.number}`}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1 bg-transparent outline-none"
        />
        {chosen.value === undefined ? null : (
          <a
            href={toHref({ screen: 'exchange', exchangeId: chosen.value.row.exchangeId })}
            className="text-accent shrink-0 text-xs hover:underline"
          >
            Open {chosen.value.row.number}
          </a>
        )}
      </div>
      <Chosen row={chosen.value?.row} failed={chosen.failure?.message} />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={`${label}: matches`}
        hidden={rows.length === 0}
        className="bg-raised border-line-strong shadow-popup absolute top-9 right-0 left-0 z-30 max-h-80 overflow-auto rounded-lg border p-1 [&[hidden]]:hidden"
      >
        {rows.map((row, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus (aria-activedescendant)
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the input chooses
          <div
            key={row.exchangeId}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(row)}
            className="hover:bg-hover aria-selected:bg-selected flex items-center gap-3 rounded px-2 py-1 text-xs"
          >
            <span className="text-muted w-10 shrink-0 text-right">{row.number}</span>
            <EvidenceText text={row.sql ?? `${row.httpMethod} ${row.target}`} className="min-w-0 flex-1 truncate font-mono" />
            <OutcomeMark outcome={row.outcome} className="shrink-0" />
          </div>
        ))}
      </div>
    </div>
  );
}

function Chosen({ row, failed }: { readonly row: ExchangeRow | undefined; readonly failed: string | undefined }) {
  if (failed !== undefined) return <p className="text-broken text-xs">{failed}</p>;
  if (row === undefined) return <p className="text-faint text-xs">nothing chosen</p>;
  return (
    <p className="text-muted flex gap-3 text-xs">
      <OutcomeMark outcome={row.outcome} />
      <EvidenceText text={row.who} className="truncate" />
      <span className="truncate">{formatInstant(row.at)}</span>
    </p>
  );
}
