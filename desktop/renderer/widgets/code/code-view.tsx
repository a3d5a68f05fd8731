import { lazy, Suspense } from 'react';
import { EvidenceText } from '../evidence-text.tsx';
import type { CodeLanguage } from './read-only-editor.tsx';

// The editor is the largest part of the app: it comes when the first statement is looked at.
const ReadOnlyEditor = lazy(() => import('./read-only-editor.tsx'));

type Props = { readonly text: string; readonly language: CodeLanguage; readonly label: string; readonly wrap?: boolean };

export function CodeView({ text, language, label, wrap = true }: Props) {
  return (
    <>
      <div className="h-full min-h-0 print:hidden">
        <Suspense fallback={<PlainCode text={text} />}>
          <ReadOnlyEditor text={text} language={language} label={label} wrap={wrap} />
        </Suspense>
      </div>
      {/* The editor renders the lines on screen only; paper gets all. */}
      <div className="hidden print:block">
        <PlainCode text={text} />
      </div>
    </>
  );
}

function PlainCode({ text }: { readonly text: string }) {
  return (
    <pre className="h-full overflow-auto px-3 py-2 font-mono text-xs whitespace-pre-wrap print:overflow-visible">
      <EvidenceText text={text} layout="block" />
    </pre>
  );
}
