import { Database } from 'lucide-react';
import type { Overview } from '../../../../shared/contract/case.ts';
import { toHref } from '../../route.ts';
import { formatCount } from '../../text/format.ts';
import { EmptyState } from '../../widgets/empty-state.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Section } from '../../widgets/section.tsx';

/** Which data was touched: datasets with their tables, reads and writes. */
export function DatasetsSection({ datasets }: { readonly datasets: Overview['datasets'] }) {
  return (
    <Section title="Datasets touched" aside={datasets.length > 0 ? `${datasets.length}` : undefined} flush>
      {datasets.length === 0 ? (
        <EmptyState icon={Database} title="No table was named">
          No statement of this case reads or writes a table.
        </EmptyState>
      ) : (
        <table className="w-full table-fixed text-sm">
          <thead>
            <tr className="text-muted border-line border-b text-left text-xs">
              <th scope="col" className="px-3 py-1.5 font-medium">
                Table
              </th>
              <th scope="col" className="w-20 px-3 py-1.5 text-right font-medium">
                Reads
              </th>
              <th scope="col" className="w-20 px-3 py-1.5 text-right font-medium">
                Writes
              </th>
              <th scope="col" className="w-20 px-3 py-1.5 text-right font-medium">
                Refused
              </th>
            </tr>
          </thead>
          {datasets.map((dataset) => (
            <DatasetRows key={dataset.dataset} dataset={dataset} />
          ))}
        </table>
      )}
    </Section>
  );
}

const counted = (count: number): string => (count === 0 ? '–' : formatCount(count));

function DatasetRows({ dataset }: { readonly dataset: Overview['datasets'][number] }) {
  return (
    <tbody className="border-line border-b last:border-b-0">
      <tr className="hover:bg-hover">
        <th scope="rowgroup" className="truncate px-3 py-1 text-left font-medium">
          <a href={toHref({ screen: 'exchanges', filter: `tables:${dataset.dataset}.*` })} className="hover:underline">
            <EvidenceText text={dataset.dataset} />
          </a>
        </th>
        <td className="px-3 py-1 text-right font-medium">{counted(dataset.reads)}</td>
        <td className="px-3 py-1 text-right font-medium">{counted(dataset.writes)}</td>
        <td className={`px-3 py-1 text-right font-medium ${dataset.denied > 0 ? 'text-refused' : ''}`}>{counted(dataset.denied)}</td>
      </tr>
      {dataset.tables.map(({ table, reads, writes }) => (
        <tr key={table} className="hover:bg-hover">
          <td className="truncate py-0.5 pr-3 pl-7">
            <a href={toHref({ screen: 'exchanges', filter: `tables:${fullName(dataset.dataset, table)}` })} className="hover:underline">
              <EvidenceText text={table.startsWith(`${dataset.dataset}.`) ? table.slice(dataset.dataset.length + 1) : table} />
            </a>
          </td>
          <td className="text-muted px-3 py-0.5 text-right">{counted(reads)}</td>
          <td className="text-muted px-3 py-0.5 text-right">{counted(writes)}</td>
          <td />
        </tr>
      ))}
    </tbody>
  );
}

const fullName = (dataset: string, table: string): string => (table.startsWith(`${dataset}.`) ? table : `${dataset}.${table}`);
