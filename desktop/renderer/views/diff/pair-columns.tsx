import type { z } from 'zod/mini';
import type { AlignedPair, AlignedSide } from '../../../../shared/contract/diff.ts';
import { formatBytes, formatCount } from '../../text/format.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import type { GridColumn } from '../../widgets/grid/grid-column.ts';
import { outcomeLook } from '../../widgets/outcome-badge.tsx';

type Side = z.infer<typeof AlignedSide>;

const SIGNS: Record<AlignedPair['kind'], string> = { same: '=', changed: '±', removed: '−', added: '+' };

const sql = (side: Side | undefined) =>
  side && <EvidenceText text={side.sql.replaceAll(/\s+/g, ' ').slice(0, 300)} className="font-mono" />;

/** What differs though the statements were matched, in the words and figures of both sides. */
function Differences({ pair: { kind, left, right, differences } }: { readonly pair: AlignedPair }) {
  if (kind === 'removed') return 'only left';
  if (kind === 'added') return 'only right';
  return differences.map((what) => describe(what, left, right)).join(', ');
}

function describe(what: AlignedPair['differences'][number], left: Side | undefined, right: Side | undefined): string {
  switch (what) {
    case 'text':
      return 'text';
    case 'outcome':
      return `${outcomeLook(left?.outcome ?? '').word} → ${outcomeLook(right?.outcome ?? '').word}`;
    case 'effect':
      return `${left?.effect} → ${right?.effect}`;
    case 'bytes':
      return `${toBytes(left)} → ${toBytes(right)}`;
    case 'rows':
      return `${formatCount(left?.totalRows ?? 'no')} → ${formatCount(right?.totalRows ?? 'no')} rows`;
  }
}

const toBytes = (side: Side | undefined): string =>
  side?.totalBytesProcessed === undefined ? 'no bytes' : formatBytes(side.totalBytesProcessed);

export const PAIR_COLUMNS: readonly GridColumn<AlignedPair>[] = [
  { id: 'kind', label: '', width: 36, render: ({ kind }) => <span title={kind}>{SIGNS[kind]}</span> },
  { id: 'leftNumber', label: 'Left', width: 56, align: 'right', render: ({ left }) => left?.number },
  { id: 'left', label: 'Statement', width: 300, grows: true, render: ({ left }) => sql(left) },
  { id: 'rightNumber', label: 'Right', width: 56, align: 'right', render: ({ right }) => right?.number },
  { id: 'right', label: 'Statement', width: 300, grows: true, render: ({ right }) => sql(right) },
  { id: 'differences', label: 'Differs in', width: 260, render: (pair) => <Differences pair={pair} /> },
];
