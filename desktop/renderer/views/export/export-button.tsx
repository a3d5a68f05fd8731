import { Dialog } from '@base-ui/react/dialog';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { ExportWhat } from '../../store/use-export.ts';
import { Button } from '../../widgets/button.tsx';
import { ExportForm } from './export-form.tsx';

type Props = { readonly what: ExportWhat; readonly title: string; readonly suggestedName: string; readonly disabled?: boolean };

/** Opens the export of what is on screen. */
export function ExportButton({ what, title, suggestedName, disabled = false }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger
        disabled={disabled}
        render={
          <Button icon={Download} data-print="hide">
            Export…
          </Button>
        }
      />
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[rgb(0_0_0/40%)]" />
        <Dialog.Popup className="bg-raised border-line-strong shadow-popup fixed top-1/2 left-1/2 z-50 w-[34rem] max-w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-lg border p-4">
          <Dialog.Title className="mb-3 text-lg font-semibold">{title}</Dialog.Title>
          <ExportForm what={what} suggestedName={suggestedName} onClose={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
