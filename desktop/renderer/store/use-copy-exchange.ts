import { useState } from 'react';
import { COPY_LABELS, type CopyFormat, copyExchange } from './copy-exchange.ts';
import { useReviewParts } from './review-context.tsx';

/** Copies, and says for two seconds what was copied or why not. */
export function useCopyExchange(): { readonly copy: (exchangeId: string, format: CopyFormat) => Promise<void>; readonly said: string } {
  const { engine } = useReviewParts();
  const [said, setSaid] = useState('');
  async function copy(exchangeId: string, format: CopyFormat): Promise<void> {
    const said = await copyExchange(engine, exchangeId, format)
      .then((text) => (text === '' ? Promise.reject(new Error('This exchange has no SQL.')) : navigator.clipboard.writeText(text)))
      .then(
        () => `Copied as ${COPY_LABELS[format]}`,
        (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
      );
    setSaid(said);
    setTimeout(() => setSaid((current) => (current === said ? '' : current)), 2500);
  }
  return { copy, said };
}
