import { ContextMenu } from '@base-ui/react/context-menu';
import { Copy, FileDiff, type LucideIcon, MoveLeft, SquareArrowOutUpRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExchangeRow } from '../../../../shared/contract/exchange.ts';
import { COPY_FORMATS, COPY_LABELS, type CopyFormat } from '../../store/copy-exchange.ts';
import { useReview } from '../../store/review-context.tsx';
import { useGo } from '../../store/use-route.ts';
import { Keys } from '../../widgets/tip.tsx';

type Props = {
  readonly row: ExchangeRow | undefined;
  readonly onCopy: (exchangeId: string, format: CopyFormat) => void;
  readonly children: ReactNode;
};

/** What can be done with the row under the cursor: one menu for all rows. */
export function RowMenu({ row, onCopy, children }: Props) {
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger className="flex min-h-0 flex-1 flex-col" data-print="flow">
        {children}
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Positioner className="z-40">
          <ContextMenu.Popup className="bg-raised border-line-strong shadow-popup w-64 rounded-lg border p-1 outline-none">
            {row === undefined ? <p className="text-muted px-2 py-1">No exchange here</p> : <RowItems row={row} onCopy={onCopy} />}
          </ContextMenu.Popup>
        </ContextMenu.Positioner>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function RowItems({ row, onCopy }: { readonly row: ExchangeRow; readonly onCopy: Props['onCopy'] }) {
  const go = useGo();
  const left = useReview((state) => state.compareLeft);
  const setLeft = useReview((state) => state.setCompareLeft);
  const { exchangeId, number } = row;
  return (
    <>
      <Item icon={SquareArrowOutUpRight} keys="Enter" onClick={() => go({ screen: 'exchange', exchangeId })}>
        Open exchange {number}
      </Item>
      <ContextMenu.Separator className="bg-line my-1 h-px" />
      {COPY_FORMATS.map((format) => (
        <Item key={format} icon={Copy} {...(format === 'sql' ? { keys: 'Y' } : {})} onClick={() => onCopy(exchangeId, format)}>
          Copy as {COPY_LABELS[format]}
        </Item>
      ))}
      <ContextMenu.Separator className="bg-line my-1 h-px" />
      <Item icon={MoveLeft} keys="L" onClick={() => setLeft({ exchangeId, number })}>
        Left side of a comparison
      </Item>
      {left === undefined || left.exchangeId === exchangeId ? null : (
        <Item icon={FileDiff} keys="D" onClick={() => go({ screen: 'diff', left: left.exchangeId, right: exchangeId })}>
          Compare with exchange {left.number}
        </Item>
      )}
    </>
  );
}

type ItemProps = { readonly icon: LucideIcon; readonly keys?: string; readonly onClick: () => void; readonly children: ReactNode };

function Item({ icon: Icon, keys, onClick, children }: ItemProps) {
  return (
    <ContextMenu.Item onClick={onClick} className="data-highlighted:bg-selected flex h-7 items-center gap-2 rounded px-2 outline-none">
      <Icon size={13} aria-hidden className="text-muted" />
      {children}
      {keys === undefined ? null : <Keys keys={keys} className="ml-auto" />}
    </ContextMenu.Item>
  );
}
