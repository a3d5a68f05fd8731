import { useState } from 'react';
import type { CallInput, CallOutput } from '../../../shared/contract/calls.ts';
import type { EngineFailure } from '../../../shared/contract/failure.ts';
import { useReviewParts } from './review-context.tsx';

export type ExportWhat = CallInput<'export:write'>['what'];
export type ExportFormat = CallInput<'export:write'>['format'];
type Written = CallOutput<'export:write'>;

export type ExportState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'writing' }
  | { readonly phase: 'written'; readonly written: Written }
  | { readonly phase: 'failed'; readonly failure: EngineFailure };

/** Writes rows to a file of this machine. */
export function useExport(): {
  readonly state: ExportState;
  readonly write: (what: ExportWhat, format: ExportFormat, path: string) => Promise<void>;
} {
  const { engine } = useReviewParts();
  const [state, setState] = useState<ExportState>({ phase: 'idle' });
  async function write(what: ExportWhat, format: ExportFormat, path: string): Promise<void> {
    setState({ phase: 'writing' });
    const answer = await engine.tryCall('export:write', { what, format, path });
    setState(answer.ok ? { phase: 'written', written: answer.value } : { phase: 'failed', failure: answer.error });
  }
  return { state, write };
}
