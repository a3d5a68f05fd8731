import { lazy, Suspense } from 'react';
import { EvidenceText } from '../evidence-text.tsx';
import { usePrinting } from '../use-printing.ts';
import type { CodeLanguage } from './read-only-editor.tsx';

// The editor is the largest part of the app: it comes when the first statement is looked at.
const ReadOnlyEditor = lazy(() => import('./read-only-editor.tsx'));

type Props = { readonly text: string; readonly language: CodeLanguage; readonly label: string; readonly wrap?: boolean };

export function CodeView({ text, language, label, wrap = true }: Props) {
  const printing = usePrinting();
  // The editor renders the lines on screen only; paper gets all.
  if (printing) return <PlainCode text={text} />;
  return (
    <Suspense fallback={<PlainCode text={text} />}>
      <ReadOnlyEditor text={text} language={language} label={label} wrap={wrap} />
    </Suspense>
  );
}

function PlainCode({ text }: { readonly text: string }) {
  return (
    <pre className="h-full overflow-auto px-3 py-2 font-mono text-xs whitespace-pre-wrap print:overflow-visible">
      <EvidenceText text={text} layout="block" />
    </pre>
  );
}
