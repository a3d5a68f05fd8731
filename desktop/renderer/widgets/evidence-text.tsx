import { clsx } from 'clsx';
import { memo } from 'react';
import { toSegments } from '../text/visible-text.ts';

type Props = { readonly text: string; readonly layout?: 'inline' | 'block'; readonly className?: string };

/** Text out of a bundle: as text, isolated from its neighbours' direction, with hidden characters shown by name. */
export const EvidenceText = memo(function EvidenceText({ text, layout = 'inline', className }: Props) {
  return (
    <bdi dir="ltr" className={clsx(layout === 'block' && 'whitespace-pre-wrap', className)}>
      {toSegments(text, layout).map((segment, index) =>
        segment.kind === 'plain' ? (
          segment.text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: segments never move, their place is their identity
          <span key={index} className="visible-mark" title={segment.name}>
            {segment.label}
          </span>
        ),
      )}
    </bdi>
  );
});
