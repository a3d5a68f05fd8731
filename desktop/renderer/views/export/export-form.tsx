import { Download, FolderOpen } from 'lucide-react';
import { type SyntheticEvent, useState } from 'react';
import { useReviewParts } from '../../store/review-context.tsx';
import { type ExportFormat, type ExportState, type ExportWhat, useExport } from '../../store/use-export.ts';
import { formatBytes, formatPlural } from '../../text/format.ts';
import { Button } from '../../widgets/button.tsx';
import { Choice } from '../../widgets/choice.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FailureNotice, Notice } from '../../widgets/notice.tsx';

const FORMATS: readonly { readonly value: ExportFormat; readonly label: string }[] = [
  { value: 'csv', label: 'CSV' },
  { value: 'ndjson', label: 'JSON lines' },
  { value: 'parquet', label: 'Parquet' },
];

const NOTES: Record<ExportFormat, string> = {
  csv: 'Cells that a spreadsheet would take for a formula are defused.',
  ndjson: 'One object a line; numbers keep all their digits.',
  parquet: 'Typed columns, for DuckDB, pandas or Spark.',
};

type Props = { readonly what: ExportWhat; readonly suggestedName: string; readonly onClose: () => void };

export function ExportForm({ what, suggestedName, onClose }: Props) {
  const { host } = useReviewParts();
  const { state, write } = useExport();
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [path, setPath] = useState('');
  const name = `${suggestedName}.${format}`;

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const target = host.pickSavePath === undefined ? path.trim() : await host.pickSavePath(name);
    if (target !== undefined && target !== '') await write(what, format, target);
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <Choice label="Format" value={format} options={FORMATS} onChange={setFormat} />
        <p className="text-muted text-xs">{NOTES[format]}</p>
      </div>
      {host.pickSavePath === undefined ? (
        <label className="flex flex-col gap-1 text-sm">
          File on this machine
          <input
            value={path}
            placeholder={`/path/to/${name}`}
            spellCheck={false}
            onChange={(event) => setPath(event.target.value)}
            className="border-control bg-surface h-8 rounded-md border px-2 font-mono text-xs"
          />
        </label>
      ) : null}
      <Outcome state={state} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{state.phase === 'written' ? 'Done' : 'Cancel'}</Button>
        <Button
          type="submit"
          kind="primary"
          icon={host.pickSavePath === undefined ? Download : FolderOpen}
          disabled={state.phase === 'writing' || (host.pickSavePath === undefined && path.trim() === '')}
        >
          {state.phase === 'writing' ? 'Writing…' : host.pickSavePath === undefined ? 'Write file' : 'Choose file…'}
        </Button>
      </div>
    </form>
  );
}

function Outcome({ state }: { readonly state: ExportState }) {
  if (state.phase === 'failed') return <FailureNotice failure={state.failure} />;
  if (state.phase !== 'written') return null;
  const { rows, bytes, path } = state.written;
  return (
    <Notice tone="sound" title={`${formatPlural(rows, 'row')} written, ${formatBytes(bytes)}`}>
      <EvidenceText text={path} className="break-all" />
    </Notice>
  );
}
