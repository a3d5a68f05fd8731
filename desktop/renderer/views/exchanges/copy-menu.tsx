import { Menu } from '@base-ui/react/menu';
import { ChevronDown, Copy } from 'lucide-react';
import type { ExchangeRow } from '../../../../shared/contract/exchange.ts';
import { COPY_FORMATS, COPY_LABELS, type CopyFormat } from '../../store/copy-exchange.ts';
import { Button } from '../../widgets/button.tsx';

type Props = {
  readonly row: Pick<ExchangeRow, 'exchangeId' | 'number'> | undefined;
  readonly onCopy: (exchangeId: string, format: CopyFormat) => void;
};

export function CopyMenu({ row, onCopy }: Props) {
  return (
    <Menu.Root>
      <Menu.Trigger
        disabled={row === undefined}
        render={
          <Button icon={Copy}>
            Copy <ChevronDown size={12} aria-hidden />
          </Button>
        }
      />
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="z-40">
          <Menu.Popup className="bg-raised border-line-strong shadow-popup w-48 rounded-lg border p-1 outline-none">
            {row === undefined
              ? null
              : COPY_FORMATS.map((format) => (
                  <Menu.Item
                    key={format}
                    onClick={() => onCopy(row.exchangeId, format)}
                    className="data-highlighted:bg-selected flex h-7 items-center rounded px-2 outline-none"
                  >
                    {COPY_LABELS[format]}
                  </Menu.Item>
                ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
