import type { Header } from '../../../../shared/contract/exchange.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';

export function HeaderTable({ headers }: { readonly headers: readonly Header[] }) {
  if (headers.length === 0) return <p className="text-muted p-4">No headers were recorded.</p>;
  return (
    <table className="w-full table-fixed font-mono text-xs">
      <tbody>
        {headers.map((header, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may stand twice; its place is its identity
          <tr key={index} className="border-line hover:bg-hover border-b align-top">
            <th scope="row" className="text-muted w-56 px-4 py-1 text-left font-normal break-words">
              <EvidenceText text={header.name} />
            </th>
            <td className="px-2 py-1 break-all">
              <EvidenceText text={header.value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
