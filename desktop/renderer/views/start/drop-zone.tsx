import { type DragEvent, type ReactNode, useState } from 'react';
import { useOpenFiles } from './use-open.ts';

/** The whole window takes dropped bundles, whatever is open. */
export function DropZone({ children }: { readonly children: ReactNode }) {
  const { openDropped } = useOpenFiles();
  const [over, setOver] = useState(false);
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) void openDropped(files);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a way of opening beside buttons and keys, not instead of them
    <div
      className="relative h-full"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => event.currentTarget.contains(event.relatedTarget as Node | null) || setOver(false)}
      onDrop={onDrop}
    >
      {children}
      {over ? (
        <div className="bg-canvas/80 pointer-events-none absolute inset-0 z-50 flex items-center justify-center p-6" aria-hidden>
          <p className="border-accent text-accent bg-surface rounded-lg border-2 border-dashed px-10 py-8 text-lg font-medium">
            Drop to open beside what is open
          </p>
        </div>
      ) : null}
    </div>
  );
}
