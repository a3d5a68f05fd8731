import type { SearchHit } from '../../../../shared/contract/finding.ts';

export type HitGroup = Pick<SearchHit, 'exchangeId' | 'number' | 'at' | 'who'> & { readonly hits: readonly SearchHit[] };

/** Hits of one exchange together, exchanges in the order of their first hit. */
export function groupHits(hits: readonly SearchHit[]): readonly HitGroup[] {
  return [...Map.groupBy(hits, (hit) => hit.exchangeId).values()].map((group) => {
    const { exchangeId, number, at, who } = group[0]!;
    return { exchangeId, number, at, who, hits: group };
  });
}
