import { Search } from 'lucide-react';
import { type SyntheticEvent, useEffect, useState } from 'react';
import { toHref } from '../../route.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { useGo } from '../../store/use-route.ts';
import { formatCount, formatInstant, formatPlural } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { ScreenHeader } from '../../widgets/screen-header.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';
import { groupHits } from './group-hits.ts';
import { HitLine } from './hit-line.tsx';

const PAGE = 200;

/** Every statement and every returned cell. */
export default function SearchView({ text: wanted = '' }: { readonly text: string | undefined }) {
  const go = useGo();
  const [text, setText] = useState(wanted);
  const [cells, setCells] = useState(true);
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    setText(wanted);
    setOffset(0);
  }, [wanted]);
  const hits = useAnswer(
    'search:run',
    wanted === '' ? undefined : { text: wanted, cells, offset, limit: PAGE },
    `${wanted} ${cells} ${offset}`,
  );
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') go({ screen: 'search', text });
  };
  const total = hits.value?.total ?? 0;
  return (
    <div data-print="flow" className="flex h-full flex-col">
      <ScreenHeader title="Search" note={hits.value === undefined ? undefined : <span role="status">{formatPlural(total, 'hit')}</span>} />
      <form onSubmit={submit} data-print="hide" className="border-line flex items-center gap-3 border-b px-4 py-2">
        <input
          // biome-ignore lint/a11y/noAutofocus: the screen is for typing
          autoFocus
          aria-label="Search text"
          value={text}
          maxLength={1000}
          onChange={(event) => setText(event.target.value)}
          placeholder="A name, an address, a value, a piece of SQL"
          className="border-control bg-surface h-8 min-w-0 flex-1 rounded-md border px-3"
        />
        <label className="flex items-center gap-1.5">
          <input type="checkbox" checked={cells} onChange={(event) => setCells(event.target.checked)} className="accent-accent" />
          also in returned cells
        </label>
        <Button type="submit" kind="primary" icon={Search} disabled={text.trim() === ''}>
          Search
        </Button>
      </form>
      <div data-print="flow" className="min-h-0 flex-1 overflow-auto">
        {wanted === '' ? (
          <EmptyState icon={Search} title="Search in all statements and all returned cells">
            Hits are grouped by exchange. A hit in a cell says its column and row.
          </EmptyState>
        ) : hits.failure !== undefined ? (
          <FailureNotice failure={hits.failure} retry={hits.retry} className="m-4" />
        ) : hits.value === undefined ? (
          <Skeleton
            lines={8}
            label={cells ? 'Looking through all statements and cells' : 'Looking through all statements'}
            className="p-4"
          />
        ) : total === 0 ? (
          <EmptyState icon={Search} title="No hit">
            Neither a statement{cells ? ' nor a returned cell' : ''} of this case holds this text.
          </EmptyState>
        ) : (
          <ul className="divide-line divide-y">
            {groupHits(hits.value.hits).map((group) => (
              <li key={group.exchangeId} className="px-4 py-2">
                <a
                  href={toHref({ screen: 'exchange', exchangeId: group.exchangeId })}
                  className="flex items-baseline gap-3 hover:underline"
                >
                  <span className="font-medium">Exchange {group.number}</span>
                  <span className="text-muted text-xs">{formatInstant(group.at)}</span>
                  <span className="text-muted text-xs">{group.who}</span>
                </a>
                <ul className="mt-1 flex flex-col gap-0.5">
                  {group.hits.map((hit, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: hits never move
                    <HitLine key={index} hit={hit} />
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        )}
      </div>
      {total > PAGE ? (
        <footer className="border-line flex h-9 shrink-0 items-center justify-end gap-2 border-t px-4 text-xs">
          {formatCount(offset + 1)} to {formatCount(Math.min(total, offset + PAGE))} of {formatCount(total)}
          <Button disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))}>
            Earlier
          </Button>
          <Button disabled={offset + PAGE >= total} onClick={() => setOffset(offset + PAGE)}>
            Later
          </Button>
        </footer>
      ) : null}
    </div>
  );
}
