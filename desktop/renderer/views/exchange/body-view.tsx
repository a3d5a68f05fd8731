import { ChevronLeft, ChevronRight, FileX2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { z } from 'zod/mini';
import type { BodyInfo, BodyWindow } from '../../../../shared/contract/exchange.ts';
import { BODY_WINDOW_BYTES, useBodyWindow } from '../../store/use-body.ts';
import { formatBytes, formatCount } from '../../text/format.ts';
import { formatJson } from '../../text/format-json.ts';
import { bytesFromBase64, toHexDump } from '../../text/hex-dump.ts';
import { IconButton } from '../../widgets/button.tsx';
import { Choice } from '../../widgets/choice.tsx';
import { CodeView } from '../../widgets/code/code-view.tsx';
import { Digest } from '../../widgets/digest.tsx';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { FailureNotice } from '../../widgets/notice.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';

type Window = z.infer<typeof BodyWindow>;
type Layout = 'formatted' | 'raw' | 'wire';

/** A body of any size, a window at a time. */
export function BodyView({ exchangeId, info }: { readonly exchangeId: string; readonly info: BodyInfo | undefined }) {
  if (info === undefined || (info.present && info.bytes === 0)) return <EmptyState icon={FileX2} title="No body" />;
  if (!info.present)
    return (
      <EmptyState icon={FileX2} title="The body is not in the bundle">
        The record says it had {formatCount(info.bytes)} bytes. It was damaged, or taken out of this copy.
      </EmptyState>
    );
  return <PresentBody exchangeId={exchangeId} info={info} />;
}

function PresentBody({ exchangeId, info }: { readonly exchangeId: string; readonly info: BodyInfo }) {
  const [layout, setLayout] = useState<Layout>('formatted');
  const [offset, setOffset] = useState(0);
  const body = useBodyWindow(exchangeId, info.side, offset, layout !== 'wire');
  const shown = useMemo(() => body.value && toShown(body.value, layout), [body.value, layout]);
  const choose = (next: Layout): void => {
    setLayout(next);
    setOffset(0);
  };
  return (
    <>
      {body.failure === undefined ? null : <FailureNotice failure={body.failure} retry={body.retry} className="m-4" />}
      <div data-print="flow" className="min-h-0 flex-1">
        {shown === undefined ? (
          body.failure === undefined && <Skeleton lines={8} className="p-4" />
        ) : (
          <CodeView text={shown.text} language={shown.language} label={`Body of the ${info.side}`} />
        )}
      </div>
      <footer className="border-line text-muted flex h-9 shrink-0 items-center gap-3 border-t px-4 text-xs">
        <span className="whitespace-nowrap">
          {formatBytes(info.bytes)}
          {info.contentType === undefined ? '' : ` ${info.contentType}`}
          {info.contentEncoding === undefined ? '' : `, ${info.contentEncoding} on the wire`}
        </span>
        {info.sha256 === undefined ? null : (
          <span className="flex min-w-0 items-center gap-1">
            SHA-256 <Digest value={info.sha256} label="SHA-256" />
          </span>
        )}
        {shown?.note === undefined ? null : <span className="truncate">{shown.note}</span>}
        <div data-print="hide" className="ml-auto flex items-center gap-2">
          {body.value === undefined ? null : <Pager window={body.value} onOffset={setOffset} />}
          <Choice
            label="Body layout"
            value={layout}
            options={[
              { value: 'formatted', label: 'Formatted' },
              { value: 'raw', label: 'Raw' },
              ...(info.contentEncoding === undefined ? [] : [{ value: 'wire' as const, label: 'Wire bytes' }]),
            ]}
            onChange={choose}
          />
        </div>
      </footer>
    </>
  );
}

type Shown = { readonly text: string; readonly language: 'json' | 'text'; readonly note?: string };

export function toShown(body: Window, layout: Layout): Shown {
  if (body.text === undefined) return { text: toHexDump(bytesFromBase64(body.base64 ?? ''), body.offset), language: 'text' };
  if (layout !== 'formatted') return { text: body.text, language: 'text' };
  if (body.offset > 0) return { text: body.text, language: 'text', note: 'as sent: this part begins in the middle' };
  const json = formatJson(body.text, { cut: body.bytes < body.totalBytes });
  return json === undefined ? { text: body.text, language: 'text' } : { text: json, language: 'json' };
}

function Pager({
  window: { offset, bytes, totalBytes },
  onOffset,
}: {
  readonly window: Window;
  readonly onOffset: (offset: number) => void;
}) {
  if (totalBytes <= bytes && offset === 0) return null;
  return (
    <span className="flex items-center gap-1 whitespace-nowrap">
      <IconButton
        icon={ChevronLeft}
        label="Earlier bytes"
        disabled={offset === 0}
        onClick={() => onOffset(Math.max(0, offset - BODY_WINDOW_BYTES))}
      />
      {formatCount(offset)} to {formatCount(offset + bytes)} of {formatCount(totalBytes)}
      <IconButton
        icon={ChevronRight}
        label="Later bytes"
        disabled={offset + bytes >= totalBytes}
        onClick={() => onOffset(offset + bytes)}
      />
    </span>
  );
}
