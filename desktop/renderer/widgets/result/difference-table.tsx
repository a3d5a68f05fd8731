import { clsx } from 'clsx';
import type { z } from 'zod/mini';
import type { Cell } from '../../../../shared/contract/cell.ts';
import type { ResultDifference } from '../../../../shared/contract/result.ts';
import { toCellJson } from '../../text/cell-text.ts';
import { formatCount, formatPlural } from '../../text/format.ts';
import { EvidenceText } from '../evidence-text.tsx';
import { ScrollRegion } from '../scroll-region.tsx';

type Difference = z.infer<typeof ResultDifference>;
type Sample = Difference['samples'][number];

const SIGNS = { added: '+', removed: '−', changed: '±' } as const;

/** Rows added, removed and changed between two results, with some of them. */
export function DifferenceTable({ difference }: { readonly difference: Difference }) {
  return (
    <div className="flex flex-col">
      <p className="flex flex-wrap gap-x-4 px-3 py-2 text-sm" role="status">
        {difference.equal ? <span className="text-sound font-medium">The results are equal</span> : null}
        <span className="text-muted">
          {formatPlural(difference.leftRows, 'row')} left, {formatCount(difference.rightRows)} right
        </span>
        {difference.equal ? null : (
          <>
            <span className="text-added">+{formatCount(difference.added)} added</span>
            <span className="text-removed">−{formatCount(difference.removed)} removed</span>
            <span>±{formatCount(difference.changed)} changed</span>
          </>
        )}
        {difference.changedColumns.map(({ column, cells }) => (
          <span key={column} className="text-muted">
            <EvidenceText text={column} /> in {formatPlural(cells, 'cell')}
          </span>
        ))}
      </p>
      <SchemaChanges schema={difference.schema} />
      {difference.samples.length === 0 || difference.columns.length === 0 ? null : <Samples difference={difference} />}
    </div>
  );
}

const MOST_COLUMNS = 8;

function SchemaChanges({ schema }: { readonly schema: Difference['schema'] }) {
  if (schema.length === 0) return null;
  return (
    <ul className="text-caution flex flex-col px-3 pb-2 text-xs">
      {schema.slice(0, MOST_COLUMNS).map(({ column, left, right }) => (
        <li key={column}>
          Column <EvidenceText text={column} className="font-mono" />: {left ?? 'absent'} left, {right ?? 'absent'} right
        </li>
      ))}
      {schema.length > MOST_COLUMNS ? <li>and {formatPlural(schema.length - MOST_COLUMNS, 'more column')}</li> : null}
    </ul>
  );
}

function Samples({ difference: { columns, samples } }: { readonly difference: Difference }) {
  return (
    <ScrollRegion label="Rows that differ" className="border-line max-h-96 border-t">
      <table className="font-mono text-xs">
        <thead className="bg-surface sticky top-0">
          <tr className="text-muted text-left font-sans">
            <th scope="col" className="px-2 py-1 font-medium">
              <span className="sr-only">Kind</span>
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" className="px-2 py-1 font-medium whitespace-nowrap">
                <EvidenceText text={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {samples.map((sample, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: samples never move
            <SampleRow key={index} sample={sample} columns={columns} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

const cellText = (cell: Cell | undefined): string =>
  cell === undefined ? '' : typeof cell === 'string' ? cell : cell === null ? 'NULL' : toCellJson(cell, undefined);

function SampleRow({ sample, columns }: { readonly sample: Sample; readonly columns: readonly string[] }) {
  return (
    <tr
      className={clsx(
        'border-line border-t align-top',
        sample.kind === 'added' && 'bg-added-soft',
        sample.kind === 'removed' && 'bg-removed-soft',
      )}
    >
      <td className="text-muted px-2 py-0.5 text-center" title={sample.kind}>
        {SIGNS[sample.kind]}
      </td>
      {columns.map((column, index) => {
        const [left, right] = [cellText(sample.left?.[index]), cellText(sample.right?.[index])];
        const changed = sample.kind === 'changed' && left !== right;
        return (
          <td key={column} className="max-w-80 truncate px-2 py-0.5">
            {changed ? (
              <>
                <del className="bg-removed-word rounded-sm px-0.5">
                  <EvidenceText text={left} />
                </del>{' '}
                <ins className="bg-added-word rounded-sm px-0.5 no-underline">
                  <EvidenceText text={right} />
                </ins>
              </>
            ) : (
              <EvidenceText text={sample.kind === 'added' ? right : left} />
            )}
          </td>
        );
      })}
    </tr>
  );
}
