import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

/** A short explanation on hover and focus; the element itself must make sense without it. */
export function Tip({ text, keys, children }: { readonly text: ReactNode; readonly keys?: string; readonly children: ReactElement }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="bg-raised border-line-strong text-fg shadow-popup max-w-96 rounded border px-2 py-1 text-xs">
            {text}
            {keys === undefined ? null : <Keys keys={keys} className="ml-2" />}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** A key combination: `Ctrl+K`, `G E`. */
export function Keys({ keys, className = '' }: { readonly keys: string; readonly className?: string }) {
  return (
    <span className={`inline-flex gap-0.5 ${className}`}>
      {keys.split(' ').map((key) => (
        <kbd key={key} className="border-line-strong bg-sunken text-muted rounded border px-1 font-sans text-2xs leading-4">
          {key}
        </kbd>
      ))}
    </span>
  );
}
